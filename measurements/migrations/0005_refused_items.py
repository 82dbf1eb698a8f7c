from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measurements", "0004_worklist_by_patient")]

    operations = [
        migrations.AddField(
            model_name="refusedsubmission", name="items", field=models.PositiveSmallIntegerField(default=1)
        ),
    ]
