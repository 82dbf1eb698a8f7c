"""One plan, four faces: what the plan says to its patient, in the order it is read (R-030 to R-034).

Tablet, paper, REST and the nurse's page all read this, so that they never say different things. Limits are not here:
they are for those who follow up. What people wrote stands as written; only labels are in the reader's language.
"""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from careplans.enums import GuidanceForm, Zone
from careplans.models import Approval, Goal, Measure, PlanVersion, Responsibility
from careplans.queries.wording import Names, schedule_words
from measurements.names import name_of


@dataclass(frozen=True, slots=True)
class ZoneFace:
    """One zone: how the patient knows it, what to do, and whom to contact."""

    zone: Zone
    signs: str
    contact: str
    measures: list[Measure]

    @property
    def own(self) -> list[Measure]:
        """What the patient does without medicine or staff."""
        return [each for each in self.measures if not each.needs_doctor]

    @property
    def medical(self) -> list[Measure]:
        """What the doctor has approved, with who may start it (R-032)."""
        return [each for each in self.measures if each.needs_doctor]


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """Everything that a plan says to its patient."""

    version: PlanVersion
    goals: list[Goal]
    zones: list[ZoneFace]
    # What is measured or answered, and when.
    times: list[tuple[str, str]]
    responsibilities: list[Responsibility]
    guidance: str

    @property
    def decision(self) -> Approval:
        """Whose the plan stands on. Raises Approval.DoesNotExist for a version that no doctor has decided about."""
        return self.version.doctors_decision

    @property
    def approved_by(self) -> str:
        """«Fastlege Anne Dahl», or «Lege Tor Lie» where another doctor decided, as the hospital's in its phase."""
        name = {"name": self.decision.name}
        if self.decision.decided_by_id == self.version.patient.gp_id:
            return gettext("Fastlege %(name)s") % name
        return gettext("Lege %(name)s") % name

    def zone(self, zone: str) -> ZoneFace:
        """The zone of that name."""
        return next(each for each in self.zones if each.zone == zone)


def own_words(version: PlanVersion) -> OwnPlan:
    """What the version says to its patient; of a draft to the nurse, who reads it as the patient will."""
    names = Names.current()
    return OwnPlan(
        version=version,
        goals=list(version.goals.all()),
        zones=zones_of(version),
        # Without the grace: that is the service's, and to the patient it would read as a time limit.
        times=[
            (
                name_of(row.type) if row.type else names.schedule(row),
                " ".join(text for name, text in schedule_words(row) if name in ("days", "times")),
            )
            for row in version.schedules.all()
        ],
        responsibilities=list(version.responsibilities.all()),
        guidance=guidance_words(version),
    )


def zones_of(version: PlanVersion) -> list[ZoneFace]:
    """Green, yellow and red; also what nothing is written for, so that nobody wonders whether it was left out."""
    texts, measures = {each.zone: each for each in version.zone_texts.all()}, list(version.measures.all())
    return [
        ZoneFace(
            zone,
            signs=texts[zone].signs if zone in texts else "",
            contact=texts[zone].contact if zone in texts else "",
            measures=[each for each in measures if each.zone == zone],
        )
        for zone in Zone
    ]


def guidance_words(version: PlanVersion) -> str:
    """«Hver 4. uke: telefon», empty where none is agreed (R-046)."""
    weeks = version.guidance_every_weeks
    if weeks is None:
        return ""
    form = str(GuidanceForm(version.guidance_form).label).lower()
    return ngettext("Hver uke: %(form)s", "Hver %(weeks)s. uke: %(form)s", weeks) % {"weeks": weeks, "form": form}
