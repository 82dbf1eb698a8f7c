from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_actions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("OPEN_PATIENT", "Åpnet pasient"),
                    ("OPEN_QUEUE", "Åpnet arbeidskø"),
                    ("OPEN_EXPLANATION", "Åpnet forklaring"),
                    ("OPEN_PLAN", "Åpnet plan"),
                    ("LIST_PATIENTS", "Åpnet pasientliste"),
                    ("SEARCH_PATIENTS", "Søkte etter pasient"),
                    ("LIST_PLANS", "Åpnet planer til godkjenning"),
                    ("PRINT_PLAN", "Skrev ut plan"),
                    ("DECIDE_PLAN", "Tok stilling til plan"),
                    ("CLAIM", "Tok saken"),
                    ("HANDLE", "Behandlet sak"),
                    ("OPEN_DEVICES", "Åpnet enheter"),
                    ("ISSUE_DEVICE", "Ga enhet tilgang"),
                    ("REVOKE_DEVICE", "Sperret enhet"),
                    ("READ_READINGS", "Hentet målinger til enheten"),
                    ("READ_PLAN", "Hentet planen til enheten"),
                    ("READ_QUESTIONNAIRES", "Hentet skjemaer til enheten"),
                    ("SEND", "Sendte inn fra enheten"),
                    ("READ_LOG", "Åpnet innsynsloggen"),
                    ("REVIEW_LOG", "Kontrollerte innsynsloggen"),
                    ("PRINT_LOG", "Skrev ut hvem som har sett i journalen"),
                    ("REQUEST_INSIGHT", "Behandlet krav om innsyn"),
                    ("EXPORT", "Hentet ut alt om pasienten"),
                    ("CORRECT", "Behandlet krav om retting"),
                    ("OPEN_ACCESS", "Så hvem som har tilgang"),
                    ("SHARE_PATIENT", "Endret hvem pasienten er delt med"),
                    ("LIST_HANDOVERS", "Åpnet overføringer"),
                    ("HAND_OVER", "Overførte ansvaret for pasienten"),
                    ("BLOCK_ACCESS", "Registrerte pasientens sperring"),
                    ("LOOK_UP", "Slo opp pasienten for nødtilgang"),
                    ("EMERGENCY_ACCESS", "Åpnet nødtilgang"),
                    ("LIST_EMERGENCIES", "Åpnet nødtilganger"),
                    ("REVIEW_EMERGENCY", "Vurderte nødtilgang"),
                ],
                max_length=40,
            ),
        ),
    ]
