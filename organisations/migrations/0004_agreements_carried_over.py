from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_rights")]

    operations = [migrations.DeleteModel("PracticeConnection"), migrations.DeleteModel("ServiceAgreement")]
