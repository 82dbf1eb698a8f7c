from django.db import migrations

from dho.lib.rls import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        EnableRowSecurity("audit_accessentry", open_insert=True),
        EnableRowSecurity("audit_changeentry", open_insert=True),
    ]
