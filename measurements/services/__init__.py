"""Receiving readings and answers, keeping what had to be refused, and the life of questionnaires."""

from measurements.services.readings import Stored, SubmittedReading, store_readings
from measurements.services.refused import keep_refused, purge_refused
from measurements.services.responses import SubmittedNumber, SubmittedResponse, store_response
from measurements.services.typed import TypedReading, store_typed

__all__ = [
    "Stored",
    "SubmittedNumber",
    "SubmittedReading",
    "SubmittedResponse",
    "TypedReading",
    "keep_refused",
    "purge_refused",
    "store_readings",
    "store_response",
    "store_typed",
]
