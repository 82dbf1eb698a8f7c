from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_second_factors")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_language_known"),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                choices=[("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")],
                default="nb",
                max_length=2,
                verbose_name="språk",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["nb", "nn", "en"])), name="user_language_known"
            ),
        ),
    ]
