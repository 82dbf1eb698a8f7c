"""The plan as its patient may see it: the same words as the other faces; limits are for those who follow up."""

from typing import Any

from rest_framework import serializers

from careplans.enums import GuidanceForm, MeasureCategory, MeasureKind, Zone
from careplans.models import Measure
from careplans.queries.faces import OwnPlan, ZoneFace
from measurements.names import name_of
from measurements.serializers.answered import QuestionnaireSerializer


class MeasureSerializer(serializers.Serializer[Any]):
    """One thing to do."""

    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=MeasureKind.choices)
    start_alone = serializers.BooleanField(help_text="false: start det bare sammen med helsepersonell.")
    category = serializers.ChoiceField(choices=MeasureCategory.choices, allow_blank=True)
    category_label = serializers.CharField()
    frequency = serializers.CharField(help_text="Hvor ofte, slik det er skrevet. Kan være tom.")
    responsible = serializers.CharField(help_text="Hvem som gjør det, når det ikke er pasienten. Kan være tom.")


class ZoneSerializer(serializers.Serializer[Any]):
    """One of the three zones, green first."""

    zone = serializers.ChoiceField(choices=Zone.choices)
    label = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    signs = serializers.CharField(help_text="Slik kjenner pasienten sonen igjen. Kan være tom.")
    contact = serializers.CharField(help_text="Hvem pasienten kontakter da. Kan være tom.")
    measures = MeasureSerializer(many=True)


class ScheduleSerializer(serializers.Serializer[Any]):
    """When something is expected. Either type or questionnaire is filled in."""

    type = serializers.CharField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    questionnaire = serializers.CharField(allow_null=True)
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="0 er mandag.")
    times = serializers.ListField(child=serializers.CharField(), help_text="Norsk tid, for eksempel 08:00.")
    grace_minutes = serializers.IntegerField(help_text="Så mange minutter etterpå teller målingen fortsatt.")


class ResponsibilitySerializer(serializers.Serializer[Any]):
    """Who does what."""

    task = serializers.CharField()
    who = serializers.CharField()


class GuidanceSerializer(serializers.Serializer[Any]):
    """The guidance that is agreed."""

    every_weeks = serializers.IntegerField()
    form = serializers.ChoiceField(choices=GuidanceForm.choices)
    text = serializers.CharField()


class DoctorSerializer(serializers.Serializer[Any]):
    """Who approved."""

    name = serializers.CharField()
    hpr_number = serializers.CharField()


class TodaySerializer(serializers.Serializer[Any]):
    """Today's colour, and what the patient does then."""

    colour = serializers.ChoiceField(
        choices=[*Zone.values, "NOT_ASSESSED"],
        allow_null=True,
        help_text="null: ingenting er målt i dag. NOT_ASSESSED: noe er sendt, men ikke vurdert ennå. "
        "Si aldri at alt er som vanlig da.",
    )
    text = serializers.CharField(help_text="Fargen i ord.")
    measures = MeasureSerializer(many=True, help_text="Tiltakene i sonen. Tom uten farge.")


class PlanSerializer(serializers.Serializer[Any]):
    """The version that the doctor approved and that is in force."""

    version = serializers.IntegerField()
    approved_at = serializers.DateTimeField()
    approved_by = DoctorSerializer()
    valid_until = serializers.DateTimeField()
    review_on = serializers.DateField(allow_null=True, help_text="Da går sykepleier gjennom planen med pasienten.")
    today = TodaySerializer()
    what_matters = serializers.CharField(help_text="Hva er viktig for deg?")
    goals = serializers.ListField(child=serializers.CharField())
    habitual_state = serializers.CharField(help_text="Slik er du til vanlig.")
    zones = ZoneSerializer(many=True)
    schedules = ScheduleSerializer(many=True)
    responsibilities = ResponsibilitySerializer(many=True)
    relatives_part = serializers.CharField(help_text="Det pårørende gjør. Kan være tom.")
    outside_hours = serializers.CharField(help_text="Det som er avtalt når tjenesten er stengt. Kan være tom.")
    guidance = GuidanceSerializer(allow_null=True)


class QuestionnaireListSerializer(serializers.Serializer[Any]):
    """The forms that the plan asks for, in the versions to answer now."""

    questionnaires = QuestionnaireSerializer(many=True)


def plan(own: OwnPlan, today: dict[str, Any]) -> dict[str, Any]:
    """The plan for its patient, labels in the active language. `today`: colour, its words and its zone, if any."""
    version, zone = own.version, today.pop("zone")
    return {
        "version": version.number,
        # When the doctor decided: what carries the approval on took effect later (ADR 24).
        "approved_at": own.decision.decided_at,
        "approved_by": {"name": own.decision.name, "hpr_number": own.decision.hpr_number},
        "valid_until": version.valid_until,
        "review_on": version.review_on,
        "today": today | {"measures": [_measure(each) for each in zone.measures] if zone else []},
        "what_matters": version.what_matters,
        "goals": [each.text for each in own.goals],
        "habitual_state": version.habitual_state,
        "zones": [_zone(each) for each in own.zones],
        "schedules": [
            {
                "type": row.type_id,
                "label": name_of(row.type) if row.type else "",
                "questionnaire": row.questionnaire_code or None,
                "weekdays": row.weekdays,
                "times": [f"{each:%H:%M}" for each in row.times],
                "grace_minutes": row.grace_minutes,
            }
            for row in version.schedules.all()
        ],
        "responsibilities": [{"task": each.task, "who": each.who} for each in own.responsibilities],
        "relatives_part": version.relatives_part,
        "outside_hours": version.outside_hours,
        "guidance": {
            "every_weeks": version.guidance_every_weeks,
            "form": version.guidance_form,
            "text": own.guidance,
        }
        if own.guidance
        else None,
    }


def _zone(face: ZoneFace) -> dict[str, Any]:
    return {
        "zone": face.zone.value,
        "label": str(face.zone.label),
        "signs": face.signs,
        "contact": face.contact,
        "measures": [_measure(each) for each in face.measures],
    }


def _measure(each: Measure) -> dict[str, Any]:
    return {
        "text": each.text,
        "kind": each.kind,
        "start_alone": each.start_alone,
        "category": each.category,
        "category_label": str(each.get_category_display()),
        "frequency": each.frequency,
        "responsible": each.responsible,
    }
