"""How a notice leaves: one small class per channel, each with `send`, which returns nothing or raises `NotSent`.

A notice says only that there is something new in the queue, and where the queue is. No name, no value, no level: an
e-mail box and a chat channel are no place for health data.
"""

import hashlib
import hmac
import json
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import requests
from django.conf import settings
from django.core.mail import EmailMessage

from alerts.enums import Channel

SUBJECT: Final = "Nytt varsel i arbeidskøen"
DOCTOR_SUBJECT: Final = "Noe venter på deg i digital hjemmeoppfølging"
_CONNECT_AND_READ: Final = (5, 10)  # seconds


class NotSent(Exception):
    """It did not arrive, as far as we know. The message names the kind of error and nothing of the content.

    `permanent`: trying again cannot help, for the address or the key is missing.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Notice:
    """What is sent, and where. The id is the same at every attempt, so that the receiver can drop a repeat."""

    id: UUID
    address: str
    secret: str
    sent_at: datetime


class NoticeChannel(Protocol):
    """A way out."""

    def send(self, notice: Notice) -> None:
        """Send it, or raise NotSent."""


class EmailChannel:
    """To the service's own e-mail address."""

    def send(self, notice: Notice) -> None:
        """That there is something new in the queue."""
        body = f"Det er kommet et nytt varsel i arbeidskøen.\n\nÅpne arbeidskøen: {queue_address()}\n"
        _send_email(notice, subject=SUBJECT, body=body)


class DoctorChannel:
    """To the doctor, who is told that something waits and where to sign in. The port that EPJ messages will use too."""

    def send(self, notice: Notice) -> None:
        """No name, no id and nothing about health: whose plan it is, the doctor reads after signing in."""
        body = (
            "Noe venter på deg i digital hjemmeoppfølging.\n\n"
            f"Logg inn og se hva det er: {doctor_address()}\n\nIkke svar på denne e-posten.\n"
        )
        _send_email(notice, subject=DOCTOR_SUBJECT, body=body)


def _send_email(notice: Notice, *, subject: str, body: str) -> None:
    """The message id follows the notice, so that a mail system can see a repeat."""
    if not notice.address:
        raise NotSent("no e-mail address", permanent=True)
    headers = {"Message-ID": f"<{notice.id}@dho>", "Idempotency-Key": str(notice.id)}
    message = EmailMessage(subject=subject, body=body, to=[notice.address], headers=headers)
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from error


class WebhookChannel:
    """A signed POST to an address that the service has given."""

    def send(self, notice: Notice) -> None:
        """Delivered is a 2xx answer. Redirects are not followed: the signature was made for one receiver."""
        if not notice.address or not notice.secret:
            raise NotSent("no webhook address or secret", permanent=True)
        body = json.dumps({"id": str(notice.id), "text": SUBJECT, "url": queue_address()}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(notice.id),
            "DHO-Signature": signature(body, secret=notice.secret, at=notice.sent_at),
        }
        try:
            with requests.post(
                notice.address,
                data=body,
                headers=headers,
                timeout=_CONNECT_AND_READ,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if not 200 <= answer.status_code < 300:
                    raise NotSent(f"HTTP {answer.status_code}")
        except requests.RequestException as error:
            raise NotSent(type(error).__name__) from error


CHANNELS: Final[Mapping[Channel, NoticeChannel]] = {Channel.EMAIL: EmailChannel(), Channel.WEBHOOK: WebhookChannel()}


def signature(body: bytes, *, secret: str, at: datetime) -> str:
    """`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over time, a full stop and the body. An old one is a replay."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def queue_address() -> str:
    """Where the nurse reads the rest, signed in."""
    return f"{settings.BASE_URL.rstrip('/')}/arbeidsko/"


def doctor_address() -> str:
    """Where the doctor reads the rest, signed in."""
    return f"{settings.BASE_URL.rstrip('/')}/legeoppgaver/"
