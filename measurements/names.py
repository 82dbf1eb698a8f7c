"""What the types of the catalogue, their numbers and units are called to a patient, in the patient's language.

The catalogue's own labels are stored, in bokmål (ADR 21). The names stand here a second time because a patient may read
nynorsk or English; what is not here keeps the catalogue's label.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from dho.lib.texts import LazyText
from measurements.models import MeasurementType, Quantity

NAMES: Final[dict[str, LazyText]] = {
    "spo2": _("Oksygenmetning"),
    "pulse": _("Puls"),
    "blood_pressure": _("Blodtrykk"),
    "systolic": _("Overtrykk (systolisk)"),
    "diastolic": _("Undertrykk (diastolisk)"),
    "weight": _("Vekt"),
    "temperature": _("Temperatur"),
    "glucose": _("Blodsukker"),
    "respiration_rate": _("Pustefrekvens"),
    "fev1": _("Pustet ut på ett sekund (FEV1)"),
    "pef": _("Største utpust (PEF)"),
}
UNITS: Final[dict[str, LazyText]] = {"slag/min": _("slag/min"), "pust/min": _("pust/min")}


def name_of(what: MeasurementType | Quantity) -> str:
    """«Oksygenmetning»."""
    return str(NAMES.get(what.code, what.label))


def unit_of(quantity: Quantity) -> str:
    """«slag/min»; most units are the same everywhere."""
    return str(UNITS.get(quantity.unit_label, quantity.unit_label))
