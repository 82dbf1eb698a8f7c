"""Clinical starting values per target group as data (norway.md 3.4). Only proposals: each must be judged per patient.

Limits are strict («gul under 89» leaves 89 itself green), so a source's «2–3 points under» is written as the number
that the third value must be under. GENERAL is general clinical knowledge without a source of its own.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from careplans.scoring import RuleKind
from patients.enums import TargetGroup

MARK: Final = _("forslag – må vurderes")
GENERAL: Final = _("allmenn klinisk erfaring, uten egen kilde")
NEWS2: Final = _("NEWS2")
ESC: Final = _("europeiske retningslinjer for hjertesvikt")
COPD_MANUAL: Final = _("norsk kolshåndbok")


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@dataclass(frozen=True, slots=True)
class StartingLimit:
    """One rule to begin with. With `own`, the four numbers are added to the patient's own median.

    `red_at_least` holds the red low limit up, where that still leaves room under the yellow one.
    """

    group: TargetGroup
    kind: RuleKind
    quantity: str
    red_low: Decimal | None
    yellow_low: Decimal | None
    yellow_high: Decimal | None
    red_high: Decimal | None
    method: str | Promise
    source: str | Promise
    own: bool = False
    red_at_least: Decimal | None = None
    window_hours: int | None = None

    @property
    def needs_own_values(self) -> bool:
        """Whether the rule cannot be proposed without the patient's own values."""
        return self.own or self.kind == RuleKind.SHARE


def _fixed(group: TargetGroup, quantity: str, limits: tuple[str, str, str, str], method: str | Promise,
           source: str | Promise = GENERAL) -> StartingLimit:  # fmt: skip
    low_red, low_yellow, high_yellow, high_red = (_number(limit) for limit in limits)
    return StartingLimit(
        group, RuleKind.BAND, quantity, low_red, low_yellow, high_yellow, high_red, method=method, source=source
    )


STARTING_LIMITS: Final = (
    StartingLimit(
        TargetGroup.COPD, RuleKind.BAND, "spo2", Decimal(-3), Decimal(-1), None, None,
        method=_("Gul er 2 eller 3 under pasientens egen median. Rød er 4 eller mer under, eller under 88 %."),
        source=GENERAL, own=True, red_at_least=Decimal(88),
    ),
    _fixed(TargetGroup.COPD, "pulse", ("", "", "100", "120"), _("Faste startverdier: gul over 100, rød over 120.")),
    _fixed(TargetGroup.COPD, "respiration_rate", ("", "", "20", "24"),
           _("Faste startverdier som i NEWS2: 21–24 er gul, 25 eller mer er rød."), NEWS2),
    StartingLimit(
        TargetGroup.HEART_FAILURE, RuleKind.CHANGE, "weight", None, None, Decimal(2), Decimal(3),
        method=_("Gul er økning over 2 kg på 3 døgn. Rød er økning over 3 kg."), source=ESC, window_hours=72,
    ),
    _fixed(TargetGroup.HEART_FAILURE, "systolic", ("90", "100", "160", "180"),
           _("Faste startverdier: gul under 100 eller over 160, rød under 90 eller over 180.")),
    _fixed(TargetGroup.HEART_FAILURE, "pulse", ("40", "50", "100", "120"),
           _("Faste startverdier: gul under 50 eller over 100, rød under 40 eller over 120.")),
    _fixed(TargetGroup.DIABETES, "glucose", ("3.0", "4.0", "15.0", "20.0"),
           _("Faste startverdier: gul under 4,0 eller over 15, rød under 3,0 eller over 20. Noen velger gul fra 13.")),
    StartingLimit(
        TargetGroup.NUTRITION, RuleKind.SHARE, "weight", Decimal(90), Decimal(95), None, None,
        method=_("Gul er mer enn 5 % vekttap fra egen median, rød mer enn 10 %. Kilden regner tapet over 1–6 måneder."),
        source=COPD_MANUAL,
    ),
    _fixed(TargetGroup.CANCER, "temperature", ("", "", "37.7", "37.9"),
           _("Faste startverdier under cellegift: gul fra 37,8, rød fra 38,0. Lokale regler kan være andre.")),
)  # fmt: skip
