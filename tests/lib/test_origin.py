"""The number of each request, and the address it came from."""

import logging
import re

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
from django.utils.module_loading import import_string

from dho.lib.origin import RequestIdFilter, address_of


def test_each_answer_names_its_request_and_takes_over_no_number_of_the_callers(client, db):
    answers = [client.get("/tilgjengelighet/", headers={"X-Request-Id": "mine"}) for _ in range(2)]
    numbers = {answer["X-Request-Id"] for answer in answers}
    assert len(numbers) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", number) for number in numbers)


def test_a_log_line_names_the_request(client, db):
    answer = client.get("/finnes-ikke/")
    record = logging.LogRecord("x", logging.INFO, "x", 1, "x", (), None)
    assert RequestIdFilter().filter(record)
    assert record.request_id == answer["X-Request-Id"]


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "10.0.0.7"),
        (0, "6.6.6.6", "10.0.0.7"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.9", "192.0.2.1"),
        (2, "192.0.2.1", "10.0.0.7"),
        (1, "", "10.0.0.7"),
    ],
)
def test_the_address_is_what_our_own_outermost_proxy_saw(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.7", headers={"X-Forwarded-For": header})
    # The access log, the lock after wrong passwords, and the rate limits and the list of sessions.
    asked = [address_of, import_string(settings.AXES_CLIENT_IP_CALLABLE), get_adapter().get_client_ip]
    assert [ask(request) for ask in asked] == [address] * 3
