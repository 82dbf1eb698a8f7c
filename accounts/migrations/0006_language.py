from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_login")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                choices=[("nb", "Bokmål"), ("nn", "Nynorsk")], default="nb", max_length=2, verbose_name="språk"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["nb", "nn"])), name="user_language_known"
            ),
        ),
    ]
