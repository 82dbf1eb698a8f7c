from django.db import migrations

from organisations.data import health_communities, health_trusts, municipalities


def load(apps, schema_editor):
    """The municipalities, districts, health communities and trusts of 1.1.2026. Safe to run again."""
    community, trust, municipality = (
        apps.get_model("organisations", name) for name in ("HealthCommunity", "HealthTrust", "Municipality")
    )
    for fact in health_communities():
        community.objects.update_or_create(code=fact.code, defaults={"name": fact.name})
    for fact in health_trusts():
        trust.objects.update_or_create(
            code=fact.code,
            defaults={
                "name": fact.name,
                "region": fact.region,
                "community_id": fact.community_code,
            },
        )
    for fact in municipalities():
        municipality.objects.update_or_create(
            id=fact.id,
            defaults={
                "number": fact.number,
                "district": fact.district,
                "name": fact.name,
                "other_name": fact.other_name,
                "county": fact.county,
                "community_id": fact.community_code,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
