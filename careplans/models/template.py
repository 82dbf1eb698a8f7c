"""Plan templates: proposals per condition, owned and versioned by a service (R-045). They hold no patient's data."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Delete, Insert, Trigger, Update
from uuid_utils.compat import uuid7

from accounts.models import User
from careplans.enums import TemplateStatus
from organisations.models import FollowUpService


class PlanTemplate(models.Model):
    """A template for a condition. Without a service it is one of those that come with the product, for everybody."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    service = models.ForeignKey(FollowUpService, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Navn"), max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["service", "name"], nulls_distinct=False, name="template_name_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="template_has_name"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PlanTemplateVersion(models.Model):
    """What the template says, as the JSON of a plan's content. Written while a draft, then only taken out of use."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    template = models.ForeignKey(PlanTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=TemplateStatus, default=TemplateStatus.DRAFT)
    content = models.JSONField()
    created_at = models.DateTimeField()
    # Nobody's where it came with the product.
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        triggers = [
            Trigger(
                name="only_moves_on",
                when=Before,
                operation=Insert | Update | Delete,
                func="""
                    IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'pgtrigger: a version of a template is never deleted';
                    END IF;
                    IF OLD.status <> 'DRAFT' AND (
                        to_jsonb(NEW) - '{status,retired_at}'::text[]
                        IS DISTINCT FROM to_jsonb(OLD) - '{status,retired_at}'::text[]
                    ) THEN RAISE EXCEPTION 'pgtrigger: a template that has been in use never changes'; END IF;
                    IF (OLD.status, NEW.status) NOT IN (
                        ('DRAFT', 'DRAFT'), ('DRAFT', 'ACTIVE'), ('ACTIVE', 'RETIRED')
                    ) THEN RAISE EXCEPTION 'pgtrigger: no step from % to %', OLD.status, NEW.status; END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number_unique"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(status=TemplateStatus.ACTIVE), name="template_one_active"
            ),
            models.UniqueConstraint(
                fields=["template"], condition=Q(status=TemplateStatus.DRAFT), name="template_one_draft"
            ),
            models.CheckConstraint(
                name="template_times_follow_status",
                condition=Q(status=TemplateStatus.DRAFT, activated_at__isnull=True, retired_at__isnull=True)
                | Q(status=TemplateStatus.ACTIVE, activated_at__isnull=False, retired_at__isnull=True)
                | Q(status=TemplateStatus.RETIRED, activated_at__isnull=False, retired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
