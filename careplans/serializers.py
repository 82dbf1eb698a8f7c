"""The plan as its patient may see it: own words, measures per zone and times; limits are for those who follow up."""

from typing import Any

from rest_framework import serializers

from careplans.enums import MeasureKind, Zone
from careplans.models import PlanVersion
from measurements.serializers.answered import QuestionnaireSerializer


class MeasureSerializer(serializers.Serializer[Any]):
    """One thing to do."""

    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=MeasureKind.choices)
    start_alone = serializers.BooleanField(help_text="false: start det bare sammen med helsepersonell.")


class ZoneSerializer(serializers.Serializer[Any]):
    """One of the three zones, green first."""

    zone = serializers.ChoiceField(choices=Zone.choices)
    label = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    measures = MeasureSerializer(many=True)


class ScheduleSerializer(serializers.Serializer[Any]):
    """When something is expected. Either type or questionnaire is filled in."""

    type = serializers.CharField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    questionnaire = serializers.CharField(allow_null=True)
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="0 er mandag.")
    times = serializers.ListField(child=serializers.CharField(), help_text="Norsk tid, for eksempel 08:00.")
    grace_minutes = serializers.IntegerField(help_text="Så mange minutter etterpå teller målingen fortsatt.")


class PlanSerializer(serializers.Serializer[Any]):
    """The version that the doctor approved and that is in force."""

    version = serializers.IntegerField()
    approved_at = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
    what_matters = serializers.CharField(help_text="Hva er viktig for deg?")
    habitual_state = serializers.CharField(help_text="Slik er du til vanlig.")
    zones = ZoneSerializer(many=True)
    schedules = ScheduleSerializer(many=True)


class QuestionnaireListSerializer(serializers.Serializer[Any]):
    """The forms that the plan asks for, in the versions to answer now."""

    questionnaires = QuestionnaireSerializer(many=True)


def plan(version: PlanVersion) -> dict[str, Any]:
    """The plan for its patient."""
    measures = list(version.measures.all())
    return {
        "version": version.number,
        "approved_at": version.approved_at,
        "valid_until": version.valid_until,
        "what_matters": version.what_matters,
        "habitual_state": version.habitual_state,
        "zones": [
            {
                "zone": zone.value,
                "label": zone.label,
                "measures": [
                    {"text": each.text, "kind": each.kind, "start_alone": each.start_alone}
                    for each in measures
                    if each.zone == zone
                ],
            }
            for zone in Zone
        ],
        "schedules": [
            {
                "type": row.type_id,
                "label": row.type.label if row.type else "",
                "questionnaire": row.questionnaire_code or None,
                "weekdays": row.weekdays,
                "times": [f"{each:%H:%M}" for each in row.times],
                "grace_minutes": row.grace_minutes,
            }
            for row in version.schedules.all()
        ],
    }
