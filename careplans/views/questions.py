"""The questions of a draft: added, changed, moved and taken out, each by a form or a button that posts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actor import Actor, ActorRequest
from audit.logged import logs_nothing
from careplans.views.questionnaires import NO_PATIENT, PAGE, in_time, written
from measurements.enums import ItemType
from measurements.forms.items import item_form, new_item
from measurements.models import QuestionnaireItem
from measurements.services.questionnaires import move_item, remove_item, save_item


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@PAGE
@in_time
def add(request: ActorRequest, questionnaire_id: int, item_type: str) -> HttpResponse:
    """One more question, of the type in the address."""
    by, form = written(request, questionnaire_id)
    if item_type not in ItemType.values:
        raise Http404
    return _edited(request, by, new_item(form, ItemType(item_type)), ItemType(item_type))


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@PAGE
@in_time
def change(request: ActorRequest, questionnaire_id: int, item_code: str) -> HttpResponse:
    """Other words, other answers, another condition. A question of another type is another question."""
    by, item = _own(request, questionnaire_id, item_code)
    return _edited(request, by, item, item.type)


@logs_nothing(NO_PATIENT)
@login_required
@require_POST
@in_time
def move(request: ActorRequest, questionnaire_id: int, item_code: str) -> HttpResponse:
    """One place up, or else one down; the first cannot go up, and nothing happens."""
    by, item = _own(request, questionnaire_id, item_code)
    move_item(item=item, up="up" in request.POST, by=by)
    return redirect(reverse("questionnaire", args=[questionnaire_id]) + f"#sporsmal-{item.code}")


@logs_nothing(NO_PATIENT)
@login_required
@require_POST
@in_time
def remove(request: ActorRequest, questionnaire_id: int, item_code: str) -> HttpResponse:
    """Out of the draft. What depended on it is told on the page of the form."""
    by, item = _own(request, questionnaire_id, item_code)
    remove_item(item=item, by=by)
    messages.success(request, _("«%(question)s» er tatt ut.") % {"question": item.text})
    return redirect("questionnaire", questionnaire_id)


def _own(request: ActorRequest, questionnaire_id: int, item_code: str) -> tuple[Actor, QuestionnaireItem]:
    by, form = written(request, questionnaire_id)
    return by, get_object_or_404(form.items.select_related("questionnaire"), code=item_code)


def _edited(request: ActorRequest, by: Actor, item: QuestionnaireItem, item_type: ItemType) -> HttpResponse:
    others = [other for other in item.questionnaire.items.all() if other.pk != item.pk]
    form = item_form(item_type, request.POST if request.method == "POST" else None, item=item, others=others)
    if request.method == "POST" and form.is_valid():
        save_item(item=form.fill(), by=by)
        messages.success(request, _("«%(question)s» er lagret.") % {"question": item.text})
        return redirect(reverse("questionnaire", args=[item.questionnaire_id]) + f"#sporsmal-{item.code}")
    context = {"form": form, "questionnaire": item.questionnaire, "item": item, "type": item_type}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "measurements/question.html", context, status=status)
