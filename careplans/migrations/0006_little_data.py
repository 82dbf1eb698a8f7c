from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("careplans", "0005_content")]

    operations = [
        migrations.AddField(
            model_name="planversion",
            name="little_data_reason",
            field=models.TextField(blank=True, default="", verbose_name="Hvorfor planen sendes med lite data"),
        ),
    ]
