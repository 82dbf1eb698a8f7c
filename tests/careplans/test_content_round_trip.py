"""Whatever a plan says goes through the editor, the database and a file, and comes out the same."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careplans.enums import GuidanceForm, Initiator, MeasureCategory, MeasureKind, Zone
from careplans.forms.sections import sections_of
from careplans.models import PlanVersion
from careplans.queries.subjects import Subjects
from careplans.services import PlanContent, Unreadable, as_json, content_of, create_draft, from_json
from careplans.services.sections import FIELDS, part_of, with_part
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient

words = st.text("abcæøåÆØÅ 0123456789.,«»–-?!&<>\"'", min_size=1, max_size=60).map(str.strip).filter(bool)
maybe = st.one_of(st.just(""), words)
zones = [zone.value for zone in Zone]
measures = st.lists(
    st.fixed_dictionaries(
        {
            "zone": st.sampled_from(zones),
            "kind": st.sampled_from(MeasureKind.values),
            "category": st.sampled_from(["", *MeasureCategory.values]),
            "text": words,
            "frequency": maybe,
            "responsible": maybe,
            "start_alone": st.booleans(),
        }
    ),
    max_size=6,
).map(lambda rows: [row | {"position": position} for position, row in enumerate(rows)])
LOWEST = {"spo2": 60, "pulse": 40, "weight": 40, "glucose": 10}
band = st.builds(
    lambda code, more, gap: {
        "kind": "BAND",
        "quantity": code,
        "red_low": Decimal(LOWEST[code] + more),
        "yellow_low": Decimal(LOWEST[code] + more + gap),
        "yellow_high": Decimal(LOWEST[code] + more + 2 * gap),
        "red_high": None,
    },
    st.sampled_from(sorted(LOWEST)),
    st.integers(0, 5),
    st.integers(1, 2),
)
others = st.sampled_from(
    [
        {"kind": "CHANGE", "quantity": "weight", "yellow_high": Decimal("1.5"), "window_hours": 72},
        {"kind": "REPEATED", "quantity": "pulse", "yellow_high": Decimal(100), "n": 2, "m": 4},
        {"kind": "SHARE", "quantity": "pulse", "yellow_high": Decimal("130.5"), "baseline": Decimal(70)},
        {"kind": "SCORE", "quantity": "symptoms_copd", "yellow_high": Decimal(3), "red_high": Decimal(7)},
        {"kind": "ANSWER", "quantity": "symptoms_copd", "item": "breath", "red_answers": ["at_rest"]},
        {"kind": "ANSWER", "quantity": "symptoms_diabetes", "item": "hypo_help", "yellow_answers": ["true"]},
        {"kind": "NEWS2", "scale": 1, "window_hours": 24},
    ]
)
thresholds = st.lists(
    st.one_of(band, others), max_size=5, unique_by=lambda row: (row["kind"], row.get("quantity"), row.get("item"))
)
schedules = st.lists(
    st.builds(
        lambda about, days, clocks, grace: about | {"weekdays": days, "times": clocks, "grace_minutes": grace},
        st.sampled_from(
            [{"type_id": "spo2", "questionnaire_code": ""}, {"type_id": None, "questionnaire_code": "symptoms_copd"}]
        ),
        st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(sorted),
        st.lists(
            st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
            min_size=1,
            max_size=3,
            unique=True,
        ),
        st.integers(0, 1440),
    ),
    max_size=3,
)
contents = st.builds(
    lambda guidance, zone_texts, **said: PlanContent(
        guidance_every_weeks=guidance[0], guidance_form=guidance[1], zone_texts=zone_texts, **said
    ),
    guidance=st.one_of(st.just((None, "")), st.tuples(st.integers(1, 52), st.sampled_from(GuidanceForm.values))),
    zone_texts=st.lists(st.sampled_from(zones), unique=True).flatmap(
        lambda chosen: st.tuples(
            *(st.fixed_dictionaries({"zone": st.just(zone), "signs": words, "contact": maybe}) for zone in chosen)
        ).map(list)
    ),
    what_matters=words,
    habitual_state=maybe,
    initiator=st.sampled_from(Initiator.values),
    anchoring=maybe,
    relatives_part=maybe,
    outside_hours=maybe,
    review_on=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2030, 1, 1))),
    goals=st.lists(words, max_size=4).map(
        lambda texts: [{"position": position, "text": text} for position, text in enumerate(texts)]
    ),
    thresholds=thresholds,
    schedules=schedules,
    measures=measures,
    responsibilities=st.lists(st.tuples(words, words), max_size=3).map(
        lambda rows: [{"position": position, "task": task, "who": who} for position, (task, who) in enumerate(rows)]
    ),
)


def posted(content: PlanContent, subjects: Subjects) -> QueryDict:
    """What a browser sends when the page with this content is saved untouched."""
    data = QueryDict(mutable=True)
    for section in sections_of(content, subjects=subjects):
        if section.rows:
            data[section.rows.count_name] = str(section.rows.count)
        for form in section.forms:
            for bound in form:
                value = bound.value()
                if bound.name == "remove" or value is None:
                    continue
                prepared = bound.field.prepare_value(value)
                several = isinstance(prepared, list)
                data.setlist(bound.html_name, [str(each) for each in prepared] if several else [bound_text(prepared)])
    return data


def bound_text(value) -> str:
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else str(value)


@pytest.fixture
def patient(world):
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    return patient


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=contents)
def test_the_editor_and_json_change_nothing(db, django_db_setup, content):
    subjects, said = Subjects.current(), as_json(content)
    assert as_json(from_json(said)) == said
    again = content
    for section in sections_of(content, posted(content, subjects), subjects=subjects):
        assert section.is_valid(), section.errors
        again = with_part(again, section.key, section.part(section))
        assert part_of(again, section.key) == part_of(content, section.key)
    assert as_json(again) == said


EVERYTHING = PlanContent(
    what_matters="Å gå tur.",
    habitual_state="Puster greit.",
    initiator=Initiator.HOSPITAL,
    anchoring="Ringte fastlegen.",
    relatives_part="Datter handler.",
    outside_hours="Ring 116 117.",
    guidance_every_weeks=4,
    guidance_form=GuidanceForm.VIDEO,
    review_on=date(2027, 3, 1),
    goals=[{"position": 0, "text": "Til butikken."}, {"position": 1, "text": "Synge i kor."}],
    zone_texts=[{"zone": "YELLOW", "signs": "Hoster mer.", "contact": "Tjenesten."}],
    thresholds=[
        {"kind": "BAND", "quantity": "glucose", "yellow_low": Decimal("4.0"), "red_low": Decimal("3.5")},
        {"kind": "ANSWER", "quantity": "symptoms_copd", "item": "breath", "red_answers": ["at_rest"]},
    ],
    schedules=[{"type_id": "spo2", "weekdays": [0, 3], "times": [time(8), time(20, 30)], "grace_minutes": 90}],
    measures=[
        {
            "zone": "YELLOW",
            "kind": "MEDICAL",
            "category": "MEDICATION",
            "text": "Kur.",
            "position": 4,
            "start_alone": False,
        },
        {"zone": "GREEN", "kind": "OWN", "text": "Tur.", "position": 7, "frequency": "hver dag"},
    ],
    responsibilities=[{"position": 0, "task": "Ringe", "who": "Kari"}],
)


def test_a_version_holds_everything(world, patient):
    draft = create_draft(patient=patient, content=EVERYTHING, by=world.actor(world.kari), now=NOW)
    stored = content_of(PlanVersion.objects.get(pk=draft.pk))
    assert as_json(stored) == as_json(EVERYTHING)
    for section in sections_of(stored, posted(stored, Subjects.current()), subjects=Subjects.current()):
        assert section.is_valid(), section.errors
        assert part_of(with_part(stored, section.key, section.part(section)), section.key) == part_of(
            stored, section.key
        )


def test_every_part_of_the_content_stands_in_a_section():
    assert {name for names in FIELDS.values() for name in names} == set(as_json(EVERYTHING))


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (None, "Filen er ikke"),
        ([], "Filen er ikke"),
        ({"goals": "x"}, "goals"),
        ({"goals": [{}] * 101}, "goals"),
        ({"measures": [{"zone": "BLUE", "text": "x", "position": 0}]}, "measures 1, zone"),
        ({"measures": [{"zone": "RED", "kind": "OWN", "text": "x" * 301, "position": 0}]}, "measures 1, text"),
        ({"thresholds": [{"kind": "BAND", "quantity": "spo2", "red_low": "mye"}]}, "thresholds 1, red_low"),
        ({"schedules": [{"type_id": "blodtype", "weekdays": [0], "times": ["08:00"]}]}, "schedules 1, type_id"),
        ({"schedules": [{"type_id": "spo2", "weekdays": [0], "times": ["25:99"]}]}, "schedules 1, times"),
        ({"what_matters": {"a": 1}}, "what_matters"),
        ({"what_matters": "a\x00b"}, "what_matters"),
        ({"review_on": "2026-13-40"}, "review_on"),
        ({"guidance_every_weeks": "ofte"}, "guidance_every_weeks"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_place(db, said, where):
    with pytest.raises(Unreadable) as refused:
        from_json(said)
    assert where in refused.value.problems[0]
