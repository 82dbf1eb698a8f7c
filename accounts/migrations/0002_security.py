from django.db import migrations

from dho.lib.rls import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [EnableRowSecurity("accounts_devicecredential")]
