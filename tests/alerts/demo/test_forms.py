"""The demo has a form of its own: in use, with branching, and a draft of the next version."""

from measurements.content import problems_of
from measurements.models import Questionnaire


def test_the_joint_service_has_a_form_in_use_and_a_draft_of_the_next(demo):
    forms = list(Questionnaire.objects.filter(service__isnull=False).order_by("version"))
    assert [(form.title, form.version, form.status, form.service.name, form.created_by.username) for form in forms] == [
        ("Sår på foten", 1, "ACTIVE", "DHO Solør–Odal", "eva"),
        ("Sår på foten", 2, "DRAFT", "DHO Solør–Odal", "eva"),
    ]
    assert [problems_of(form, list(form.items.all())) for form in forms] == [[], []]
    assert [item.shown_if is not None for item in forms[0].items.all()] == [False, True, False, False]
