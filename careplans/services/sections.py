"""The plan in the sections that a nurse writes one at a time (ux.md 4.3), each a part of one `PlanContent`.

A section's stamp names what it says. Whoever saves gives the stamp of what was read; when another has saved the same
section meanwhile, the stamps differ. Two nurses in different sections never stand in each other's way.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from careplans.enums import Zone
from careplans.services.as_json import as_json, digest
from careplans.services.content import PlanContent

# Which fields of the content each section says; a zone's section says its own rows of the two lists.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "viktig": ("what_matters", "goals"),
    "vanlig": ("habitual_state",),
    "gronn": ("zone_texts", "measures"),
    "gul": ("zone_texts", "measures"),
    "rod": ("zone_texts", "measures"),
    "grenser": ("thresholds",),
    "maletider": ("schedules",),
    "ansvar": ("responsibilities",),
    "veiledning": ("guidance_every_weeks", "guidance_form"),
    "ellers": ("relatives_part", "outside_hours"),
    "om": ("review_on", "initiator", "anchoring"),
}
ZONE_OF: Final = {"gronn": Zone.GREEN, "gul": Zone.YELLOW, "rod": Zone.RED}


def part_of(content: PlanContent, section: str) -> dict[str, Any]:
    """What the section says, as JSON."""
    said = as_json(content)
    part = {name: said[name] for name in FIELDS[section]}
    if zone := ZONE_OF.get(section):
        part = {name: [row for row in rows if row["zone"] == zone] for name, rows in part.items()}
        # A zone about which nothing is written is like one without a row.
        part["zone_texts"] = [row for row in part["zone_texts"] if row["signs"] or row["contact"]]
    return part


def stamp_of(content: PlanContent, section: str) -> str:
    """The name of what the section says now."""
    return digest(part_of(content, section))


def with_part(content: PlanContent, section: str, part: Mapping[str, Any]) -> PlanContent:
    """The content with this section saying `part` instead, all else as it was."""
    if zone := ZONE_OF.get(section):
        part = {
            name: [*(row for row in getattr(content, name) if row["zone"] != zone), *rows]
            for name, rows in part.items()
        }
    return replace(content, **part)
