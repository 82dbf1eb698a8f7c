"""A few guidance cards that every service begins with, in our own words. A service should write its own (R-089)."""

from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import migrations

WRITTEN = datetime(2026, 11, 25, 12, tzinfo=UTC)
REVIEW = date(2027, 6, 1)
CARDS = [
    {
        "code": "spo2-faller-kols",
        "title": "Oksygenmetningen faller ved kols",
        "kind": "ASSESSMENT",
        "subject": "spo2",
        "side": "LOW",
        "target_group": "COPD",
        "steps": [
            "Ring pasienten. Hør om pusten er tyngre enn vanlig, og om pasienten kan si hele setninger.",
            "Be om en ny måling etter 15 minutter i ro, med varme fingre og uten neglelakk.",
            "Sammenlign med det som er vanlig for pasienten, og spør om hoste, slim og feber.",
            "Gå gjennom tiltakene i planen for sonen pasienten er i.",
            "Avtal når pasienten måler igjen, og hvem som ringer.",
        ],
        "doctor": "Samme dag når den nye målingen fortsatt er under grensen, eller når tiltakene i planen ikke hjelper. "
        "Ring 113 når pasienten er tungpustet i hvile, forvirret eller blå på leppene.",
    },
    {
        "code": "vekt-stiger-hjertesvikt",
        "title": "Vekten stiger ved hjertesvikt",
        "kind": "ASSESSMENT",
        "subject": "weight",
        "side": "HIGH",
        "target_group": "HEART_FAILURE",
        "steps": [
            "Ring pasienten. Spør om hovne bein, tung pust og om hun eller han må sitte oppe om natten.",
            "Hør om vekten ble målt som vanlig: samme tid, samme vekt, samme klær.",
            "Spør om medisinene er tatt som avtalt, og om salt og drikke de siste dagene.",
            "Gå gjennom tiltakene i planen. Vanndrivende medisin endres bare slik planen sier.",
            "Avtal ny veiing neste morgen.",
        ],
        "doctor": "Samme dag når vekten stiger og pasienten har mer pustebesvær eller mer hevelse, eller når tiltakene i "
        "planen ikke har virket etter to dager. Ring 113 ved kraftig tungpust eller brystsmerter.",
    },
    {
        "code": "lavt-blodsukker",
        "title": "Lavt blodsukker",
        "kind": "ASSESSMENT",
        "subject": "glucose",
        "side": "LOW",
        "steps": [
            "Ring pasienten med en gang. Er pasienten våken og klar?",
            "Be pasienten ta sukker slik planen sier, og måle på nytt etter 15 minutter.",
            "Bli i telefonen eller ring igjen til blodsukkeret er over grensen.",
            "Spør om mat, aktivitet, alkohol og dosen som er tatt.",
            "Snakk om hva som kan hindre at det skjer igjen.",
        ],
        "doctor": "Samme dag når blodsukkeret har vært lavt flere ganger, eller når dosen kan være feil. "
        "Ring 113 når pasienten er sløv, ikke kan svelge eller ikke svarer.",
    },
    {
        "code": "maling-mangler",
        "title": "En måling har ikke kommet",
        "kind": "MISSING",
        "steps": [
            "Se når pasienten sist sendte noe, og om utstyret har meldt feil.",
            "Ring pasienten. Spør først hvordan det går, så om målingen.",
            "Svarer ikke pasienten: prøv igjen samme dag, og ring deretter den pårørende som er avtalt.",
            "Hjelp med utstyret, eller avtal nytt utstyr eller hjemmebesøk.",
            "Mangler det ofte: avtal andre tidspunkter, eller ta det opp i evalueringen.",
        ],
        "doctor": "Når pasienten ikke måler fordi hun eller han er blitt dårligere. "
        "Får du ikke tak i noen og er bekymret, følger du rutinen for tilsyn. Ring 113 ved fare for liv.",
    },
    {
        "code": "feber-kreftbehandling",
        "title": "Feber under kreftbehandling",
        "kind": "ASSESSMENT",
        "subject": "temperature",
        "side": "HIGH",
        "target_group": "CANCER",
        "steps": [
            "Ring pasienten med en gang, også når pasienten føler seg ganske bra.",
            "Spør om frostanfall, pust, hoste, diaré, smerter og når siste behandling var.",
            "Be om en ny måling nå. Ikke vent på den før du ringer videre.",
            "Be pasienten ikke ta febernedsettende før legen har sagt ja.",
            "Ring kontaktpunktet på sykehuset.",
        ],
        "doctor": "Med en gang. Feber under behandling kan være en alvorlig infeksjon. "
        "Ring 113 ved frostanfall, rask pust, forvirring eller når pasienten er slapp.",
    },
    {
        "code": "lav-stemning",
        "title": "Nedstemt eller urolig",
        "kind": "ASSESSMENT",
        "subject": "symptoms_mental_health",
        "steps": [
            "Ring pasienten når du har ro til en samtale. Spør åpent hvordan det går.",
            "Spør rett ut om tanker om å skade seg selv eller ikke ville leve. Det er trygt å spørre.",
            "Hør om søvn, mat, rus og om noen er hos pasienten.",
            "Gå gjennom tiltakene og kontaktene i planen.",
            "Avtal ny samtale, og hvem pasienten kan ringe i kveld.",
        ],
        "doctor": "Samme dag når pasienten har tanker om å ta sitt liv, eller blir raskt verre. "
        "Ring 113 ved fare nå, og ikke la pasienten være alene. Ellers legevakt 116 117.",
    },
]  # fmt: skip


def add(apps, schema_editor):
    card, version = (apps.get_model("alerts", name) for name in ("GuidanceCard", "GuidanceVersion"))
    for each in CARDS:
        said = {"side": "", "subject": "", "target_group": "", **each}
        code, steps = said.pop("code"), said.pop("steps")
        key = uuid5(NAMESPACE_URL, f"dho/veiledning/{code}")
        if card.objects.filter(pk=key).exists():
            continue
        version.objects.create(
            card=card.objects.create(pk=key, code=code),
            number=1,
            **said,
            steps="\n".join(steps),
            responsible="Produktet",
            review_on=REVIEW,
            created_at=WRITTEN,
            activated_at=WRITTEN,
        )


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_hospital")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
