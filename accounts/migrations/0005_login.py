from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_memberships_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="national_id_index",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
    ]
