"""Letters to the person, to print or as a PDF: the answer, and the information (R-005, R-021)."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.enums import TextKind
from patients.queries.letters import Letter, letter_of
from patients.services import current_text
from patients.views.referrals import open_referral


@logs(Action.PRINT_LETTER)
@login_required
@never_cache
@require_safe
def letter_page(request: ActorRequest, referral_id: UUID, letter: str) -> HttpResponse:
    """The letter as it looks on paper. The page around it is in the reader's language, the letter in the person's."""
    found = _letter(request, referral_id, letter)
    context = _context(found) | {
        "can_make_pdf": can_make_pdf(),
        "body": _laid_out(found, "patients/intake/_letter.html"),
    }
    return render(request, "patients/intake/letter.html", context)


@logs(Action.PRINT_LETTER)
@login_required
@never_cache
@require_safe
def letter_pdf(request: ActorRequest, referral_id: UUID, letter: str) -> HttpResponse:
    """The same as a file. Where the machine cannot, the page offers the print page."""
    found = _letter(request, referral_id, letter)
    try:
        content = make_pdf(_laid_out(found, "pdf/letter.html"), stylesheet="css/print.css")
    except PdfUnavailable:
        return render(request, "patients/intake/pdf_unavailable.html", _context(found), status=503)
    # No name in the file name: it ends up in download lists and on shared screens.
    headers = {"Content-Disposition": f'inline; filename="brev-{found.kind}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _letter(request: ActorRequest, referral_id: UUID, kind: str) -> Letter:
    """Raises `Refused`, also for a letter that there is not."""
    _, referral = open_referral(request, referral_id, Action.PRINT_LETTER)
    current = {each: current_text(referral.municipality_id, each) for each in TextKind.values}
    found = letter_of(referral, kind, current=current)
    if found is None:
        raise Refused(Action.PRINT_LETTER, patient_id=referral.patient_id, object_id=str(referral_id))
    return found


def _context(found: Letter) -> dict[str, Any]:
    return {"letter": found, "referral": found.referral, "patient": found.patient, "now": timezone.now()}


def _laid_out(found: Letter, template: str) -> str:
    with translation.override(found.language):
        return render_to_string(template, _context(found))
