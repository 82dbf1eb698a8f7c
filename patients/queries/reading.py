"""Which of our languages a patient reads."""

from typing import Final

from django.utils.translation import get_language

from accounts.enums import NORWEGIAN, Language
from accounts.models import User
from patients.models import Patient

# What staff write in the field about language; all others read what the municipality writes.
_SAID: Final = {"engelsk": Language.EN, "english": Language.EN}


def language_read_by(patient: Patient) -> str:
    """What the patient has chosen on the own pages, else what staff have registered, else the reader's own."""
    chosen = User.objects.filter(national_id_index=patient.national_id_index).values_list("language", flat=True)
    here, written = get_language(), patient.language.strip().casefold()
    said = Language.NN if "nynorsk" in written else _SAID.get(written)
    return chosen.first() or said or (
        here if here in NORWEGIAN else Language.NB
    )  # fmt: skip
