"""What still needs a service that somebody wants to close."""

from dataclasses import dataclass

from django.db.models import Q

from dho.lib import rls
from organisations.models import FollowUpService, Municipality
from patients.enums import HandoverAnswer
from patients.models import Enrolment, Handover


@dataclass(frozen=True, slots=True)
class InUse:
    """How many open courses there are, in the service's own municipality and in others, and handovers on their way."""

    own: int
    others: int
    handovers: int

    @property
    def any(self) -> bool:
        """Whether the service must stay open."""
        return bool(self.own or self.others or self.handovers)


def what_keeps_open(service: FollowUpService) -> InUse:
    """Counted in every municipality: the administrator of the service's own may see that one only, and gets numbers."""
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True)):
        courses = Enrolment.objects.filter(service=service, ended_on__isnull=True)
        own = courses.filter(municipality=service.owner).count()
        waiting = Q(answer="") | Q(answer=HandoverAnswer.ACCEPTED, moved_at__isnull=True)
        coming = Handover.objects.filter(waiting, to_service=service, enrolment__ended_on__isnull=True)
        return InUse(own=own, others=courses.count() - own, handovers=coming.count())
