"""A sign of life goes out, and whatever becomes of it harms nobody and tells nobody where it went."""

import logging

import pytest
import requests

from shared.adapters.heartbeat import Heartbeat
from shared.adapters.sessions import Sessions
from shared.domain.values import Secret
from tests.in_process import Received, Sent, TwinTransport, session_over

URL = Secret("https://beats.example/secret-path")


def beating(answer: int | Exception) -> TwinTransport:
    def handle(_: Received) -> Sent:
        if isinstance(answer, Exception):
            raise answer
        return answer, {}, b""

    transport = TwinTransport(handle)
    Heartbeat(URL, Sessions(lambda: session_over(transport))).beat()
    return transport


def test_one_beat_is_one_request_to_the_address() -> None:
    assert [(sent.method, sent.url) for sent in beating(200).seen] == [("POST", URL.reveal)]


def test_without_an_address_nothing_goes_out() -> None:
    Heartbeat(None, Sessions(requests.Session)).beat()


@pytest.mark.parametrize("answer", [404, 500, 302, requests.ConnectionError(f"no way to {URL.reveal}")])
def test_a_beat_that_does_not_arrive_is_a_line_of_the_log_without_the_address(
    caplog: pytest.LogCaptureFixture, answer: int | Exception
) -> None:
    with caplog.at_level(logging.INFO, logger="keeper.heartbeat"):
        assert len(beating(answer).seen) == 1
    assert "secret-path" not in caplog.text + str([vars(record) for record in caplog.records])
    assert len(caplog.records) == (answer != 302)
