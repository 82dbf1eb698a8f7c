from dataclasses import asdict

from django.db import migrations

from measurements.data.catalogue import MEASUREMENT_TYPES
from measurements.data.questionnaires import QUESTIONNAIRES


def load(apps, schema_editor):
    """The catalogue of measurement types, their quantities and units, and the first version of our own forms."""
    names = ("MeasurementType", "Quantity", "UnitSynonym", "Questionnaire", "QuestionnaireItem")
    measurement_type, quantity, unit, questionnaire, item = (apps.get_model("measurements", name) for name in names)
    for position, fact in enumerate(MEASUREMENT_TYPES, start=1):
        row = asdict(fact)
        quantities, units = row.pop("quantities"), row.pop("units")
        made = measurement_type.objects.create(position=position, **row)
        for number, of_type in enumerate(quantities, start=1):
            quantity.objects.create(type=made, position=number, **of_type)
        unit.objects.bulk_create(unit(type=made, **synonym) for synonym in units)
    for form in QUESTIONNAIRES:
        made = questionnaire.objects.create(code=form.code, version=form.version, title=form.title)
        for position, question in enumerate(form.items, start=1):
            item.objects.create(
                questionnaire=made,
                position=position,
                **{**asdict(question), "options": question.options_json()},
            )


class Migration(migrations.Migration):
    dependencies = [("measurements", "0002_security")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
