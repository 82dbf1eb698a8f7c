from django.db import migrations

from measurements.data.symptom_sets import EVERY_DAY, SYMPTOM_SETS


def load(apps, schema_editor):
    """The daily symptom sets for cancer and mental health: written as drafts, then taken into use."""
    questionnaire, item = (apps.get_model("measurements", name) for name in ("Questionnaire", "QuestionnaireItem"))
    for row in SYMPTOM_SETS:
        head = {name: value for name, value in row.items() if name != "items"}
        form = questionnaire.objects.create(version=1, status="DRAFT", **head, **EVERY_DAY)
        for position, question in enumerate(row["items"], start=1):
            item.objects.create(questionnaire=form, position=position, **question)
        questionnaire.objects.filter(pk=form.pk).update(status="ACTIVE")


class Migration(migrations.Migration):
    dependencies = [("measurements", "0008_questionnaire_life")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
