from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_guidance_cards")]

    operations = [
        migrations.AddField(model_name="redzonemeeting", name="filled_at", field=models.DateTimeField(null=True)),
    ]
