"""The roles of the rights matrix (requirements C2) that sign in so far."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a membership makes of a person."""

    NURSE = "NURSE", "sykepleier"
    GP = "GP", "fastlege"
    COORDINATOR = "COORDINATOR", "koordinator"
    MUNICIPAL_ADMINISTRATOR = "MUNICIPAL_ADMINISTRATOR", "administrator"
    SERVICE_LEADER = "SERVICE_LEADER", "leder"
    PRIVACY_OFFICER = "PRIVACY_OFFICER", "personvernombud"
