from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_handling_role")]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="delivery_once"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("alert", "service", "channel", "level"), name="delivery_once"),
        ),
    ]
