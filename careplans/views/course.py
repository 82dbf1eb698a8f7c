"""One course: where it stands, and each step of running it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from careplans import services
from careplans.access import open_course
from careplans.enums import EvaluationOutcome
from careplans.forms.course import EvaluationForm, PauseEndForm, PauseForm, TaskDoneForm, TaskForm, TrialForm
from careplans.models import CaseTask
from careplans.queries.course import course_page
from careplans.queries.trial import forms_to_offer
from careplans.services import CourseStopped
from patients.enums import EnrolmentStatus
from patients.models import Enrolment, Pause
from patients.services import NotPossible, NotYours

_PAGE = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who has been let in to a course, at one moment."""

    request: ActorRequest
    course: Enrolment
    by: Actor
    now: datetime

    @property
    def today(self) -> date:
        """The day in Oslo."""
        return timezone.localdate(self.now)

    @property
    def data(self) -> Any:
        """What was sent, for a form; None when the page is only looked at."""
        return self.request.POST if self.request.method == "POST" else None


def let_in(request: ActorRequest, enrolment_id: UUID, posting: Action = Action.CHANGE_COURSE) -> Visit:
    """The course, the look logged: opened, or changed when something is sent. Raises `Refused`."""
    now = timezone.now()
    action = posting if request.method == "POST" else Action.OPEN_COURSE
    course = open_course(enrolment_id, by=request.actor, now=now, action=action)
    assert request.actor is not None  # noqa: S101 - nobody was refused in the line above
    return Visit(request, course, request.actor, now)


def answer(
    visit: Visit, form: forms.Form, template: str, do: Callable[[dict[str, Any]], object], said: str, **context: Any
) -> HttpResponse:
    """Show the form, or do what it says and go back to the course. What stops it stands at its field (422 or 409)."""
    status = 422 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and status == 200:
        try:
            do(form.cleaned_data)
        except CourseStopped as stopped:
            form.add_error(stopped.field if stopped.field in form.fields else None, stopped.problem.label)
            status = 422 if stopped.field else 409
        except NotPossible as stopped:
            form.add_error(None, stopped.obstacle.label)
            status = 409
        except NotYours as foreign:
            course = visit.course
            raise Refused(Action.CHANGE_COURSE, patient_id=course.patient_id, object_id=str(course.pk)) from foreign
        else:
            messages.success(visit.request, said)
            return redirect("course", visit.course.pk)
    context |= {"course": visit.course, "patient": visit.course.patient, "form": form}
    return render(visit.request, f"careplans/course/{template}.html", context, status=status)


@logs(Action.OPEN_COURSE)
@login_required
@never_cache
@require_safe
def course(request: ActorRequest, enrolment_id: UUID) -> HttpResponse:
    """Where the course stands, who did what when, and what is to be done."""
    visit = let_in(request, enrolment_id)
    context = course_page(visit.course, by=visit.by, now=visit.now, today=visit.today)
    return render(request, "careplans/course/course.html", context)


@logs(Action.OPEN_COURSE, Action.CHANGE_COURSE)
@login_required
@never_cache
@_PAGE
def trial(request: ActorRequest, enrolment_id: UUID) -> HttpResponse:
    """Start the trial."""
    visit = let_in(request, enrolment_id)

    def start(data: dict[str, Any]) -> object:
        wanted = services.Trial(**data)
        return services.start_trial(enrolment=visit.course, trial=wanted, by=visit.by, now=visit.now)

    said = gettext("Prøveperioden er registrert. Vi venter målinger fra den første dagen.")
    form = TrialForm(visit.data, today=visit.today, questionnaires=forms_to_offer(visit.by, on=visit.today))
    return answer(visit, form, "trial", start, said)


@logs(Action.OPEN_COURSE, Action.CHANGE_COURSE)
@login_required
@never_cache
@_PAGE
def evaluation(request: ActorRequest, enrolment_id: UUID) -> HttpResponse:
    """Write down an evaluation; one that ends the course goes on to the page for that."""
    visit = let_in(request, enrolment_id)
    in_trial = visit.course.status == EnrolmentStatus.TRIAL
    weeks = visit.course.service.evaluation_weeks
    form = EvaluationForm(visit.data, today=visit.today, weeks=weeks, in_trial=in_trial)

    def hold(data: dict[str, Any]) -> object:
        return services.evaluate(enrolment=visit.course, held=services.Held(**data), by=visit.by, now=visit.now)

    has_plan = services.has_plan_in_force(visit.course, now=visit.now)
    said = gettext("Evalueringen er lagret.")
    done = answer(visit, form, "evaluation", hold, said, has_plan=has_plan, in_trial=in_trial)
    ends = done.status_code == 302 and form.cleaned_data["outcome"] == EvaluationOutcome.END
    return redirect("course-end", enrolment_id) if ends else done


@logs(Action.OPEN_COURSE, Action.CHANGE_COURSE)
@login_required
@never_cache
@_PAGE
def pause(request: ActorRequest, enrolment_id: UUID) -> HttpResponse:
    """Register a pause."""
    visit = let_in(request, enrolment_id)

    def register(data: dict[str, Any]) -> object:
        return services.register_pause(enrolment=visit.course, by=visit.by, now=visit.now, **data)

    said = gettext("Pausen er registrert. Vi venter ingen målinger de dagene.")
    return answer(visit, PauseForm(visit.data), "pause", register, said)


@logs(Action.OPEN_COURSE, Action.CHANGE_COURSE)
@login_required
@never_cache
@_PAGE
def pause_end(request: ActorRequest, enrolment_id: UUID, pause_id: UUID) -> HttpResponse:
    """Let a pause end another day."""
    visit = let_in(request, enrolment_id)
    found = Pause.objects.select_related("enrolment__patient").filter(pk=pause_id, enrolment=visit.course).first()
    if found is None:
        raise Refused(Action.CHANGE_COURSE, patient_id=visit.course.patient_id, object_id=str(pause_id))

    def move(data: dict[str, Any]) -> object:
        return services.move_pause(pause=found, last_day=data["last_day"], by=visit.by, now=visit.now)

    form = PauseEndForm(visit.data, initial={"last_day": max(visit.today, found.first_day)})
    return answer(visit, form, "pause_end", move, gettext("Pausen er endret."), pause=found)


@logs(Action.OPEN_COURSE, Action.CHANGE_COURSE)
@login_required
@never_cache
@_PAGE
def task_new(request: ActorRequest, enrolment_id: UUID) -> HttpResponse:
    """One more thing to do."""
    visit = let_in(request, enrolment_id)

    def add(data: dict[str, Any]) -> object:
        responsible_id = visit.by.user.pk if data.pop("mine") else None
        return services.add_task(
            enrolment=visit.course, responsible_id=responsible_id, by=visit.by, now=visit.now, **data
        )

    return answer(visit, TaskForm(visit.data), "task_new", add, gettext("Oppgaven er lagt til."))


@logs(Action.OPEN_COURSE, Action.CHANGE_COURSE)
@login_required
@never_cache
@_PAGE
def task(request: ActorRequest, enrolment_id: UUID, task_id: UUID) -> HttpResponse:
    """Tick, note, and say that it is done."""
    visit = let_in(request, enrolment_id)
    among = CaseTask.objects.select_related("checklist", "enrolment__patient", "done_by", "responsible")
    found = among.filter(pk=task_id, enrolment=visit.course).first()
    if found is None:
        raise Refused(Action.CHANGE_COURSE, patient_id=visit.course.patient_id, object_id=str(task_id))
    done = request.POST.get("step") == "done"

    def save(data: dict[str, Any]) -> object:
        ticked = [int(number) for number in data["ticked"]]
        return services.save_task(task=found, ticked=ticked, note=data["note"], done=done, by=visit.by, now=visit.now)

    items = found.checklist.items if found.checklist else []
    form = TaskDoneForm(visit.data, items=items, initial={"ticked": found.ticked, "note": found.note})
    said = gettext("Oppgaven er utført.") if done else gettext("Oppgaven er lagret. Den er ikke utført ennå.")
    return answer(visit, form, "task", save, said, task=found)
