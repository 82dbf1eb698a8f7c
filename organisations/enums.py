"""The kinds of follow-up service (requirements C1)."""

from django.db.models import TextChoices


class ServiceKind(TextChoices):
    """Who looks at the readings: every organisational model of the register, as configuration (C1, R-345)."""

    GP_OFFICE = "GP_OFFICE", "Legekontor"
    OWN_UNIT = "OWN_UNIT", "Egen enhet i kommunen"
    HOME_NURSING = "HOME_NURSING", "Hjemmesykepleie"
    DISTRICT = "DISTRICT", "Bydel"
    JOINT_CENTRE = "JOINT_CENTRE", "Felles oppfølgingssenter"
    ALARM_CENTRE = "ALARM_CENTRE", "Oppfølgingstjeneste i alarmsentral"
    EMERGENCY_CLINIC = "EMERGENCY_CLINIC", "Interkommunal legevakt eller responssenter"
    HOSPITAL_COOPERATION = "HOSPITAL_COOPERATION", "Samarbeid med sykehus"
    SHARED_PHASES = "SHARED_PHASES", "Delt forløp kommune og sykehus"
    GROUP_HOME = "GROUP_HOME", "Bofellesskap med oppfølging"
    VIRTUAL_TEAM = "VIRTUAL_TEAM", "Virtuelt team"
    HOSPITAL_OWN = "HOSPITAL_OWN", "Sykehusets egen oppfølging"
