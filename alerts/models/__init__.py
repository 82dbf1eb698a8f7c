"""Judgements and the queue; and beside the case: guidance cards, meetings with the hospital and what they lead to."""

from alerts.models.guidance import GuidanceCard, GuidanceVersion
from alerts.models.hospital import HospitalActivity, OutpatientRequest
from alerts.models.meetings import AgendaDecision, AgendaItem, RedZoneMeeting
from alerts.models.queue import (
    Alert,
    Assessment,
    Delivery,
    Expectation,
    Handling,
    Heartbeat,
    QueueEntry,
)

__all__ = [
    "AgendaDecision",
    "AgendaItem",
    "Alert",
    "Assessment",
    "Delivery",
    "Expectation",
    "GuidanceCard",
    "GuidanceVersion",
    "Handling",
    "Heartbeat",
    "HospitalActivity",
    "OutpatientRequest",
    "QueueEntry",
    "RedZoneMeeting",
]
