"""Whatever comes back, it ends in a reply or in one declared error."""

import json
from datetime import UTC, datetime
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.entra_answers import decipher as decipher_token
from shared.adapters.exchange_answers import Answer, Reply, decipher, decipher_batch
from shared.adapters.exchange_calls import Call
from shared.adapters.redirects import next_hop
from shared.adapters.retry_after import wait_of
from shared.domain.errors import Ambiguous, KeeperError, PermanentError, TransientError, Unavailable
from shared.domain.values import Secret

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CANARY = "0c4a9a7e-1b2c-4d3e-8f50-a1b2c3d4e5f6"
CALLS = (
    Call("Get-TransportRule", {}),
    Call("New-InboundConnector", {"Enabled": True, "Word": (Secret(CANARY),)}),
    Call("Set-TransportRule", {"HeaderContainsWords": (Secret(CANARY),)}),
)
# Ten thousand in all at every run; `make fuzz` throws a million, guided by coverage.
MANY = settings(max_examples=6_000, deadline=None)
SOME = settings(max_examples=800, deadline=None)

WORDS = (
    CANARY,
    "error",
    "@odata.error",
    "@adminapi.errors",
    "@adminapi.warnings",
    "@odata.nextLink",
    "details",
    "innererror",
    "internalexception",
    "message",
    "Message",
    "type",
    "TypeName",
    "code",
    "value",
    "Guid",
    "Enabled",
    "responses",
    "id",
    "status",
    "headers",
    "body",
    "|System.ArgumentException|text (Parameter 'Name')",
    f"Ex012345|A.ManagementObjectNotFoundException|{CANARY}",
    '{"Message":"m","TypeName":"A.ServerBusyException"}',
    "There are more results available",
    "created in a disabled state",
)


def leaf(random: Random) -> object:
    word, number = random.choice(WORDS), random.randint(-5, 600)
    return random.choice((None, True, False, number, 10**400, 0.5, word, word, word, "", "\ud800", "\0\r\n", "ünï"))


def tree(random: Random, depth: int = 4) -> object:
    kind = random.random() if depth else 1
    if kind < 0.2:
        return [tree(random, depth - 1) for _ in range(random.randint(0, 3))]
    if kind < 0.7:
        return {random.choice(WORDS): tree(random, depth - 1) for _ in range(random.randint(0, 5))}
    return leaf(random)


STATUSES = (200, 200, 200, 200, 204, 400, 401, 403, 404, 429, 503, -1, 0, 100, 302, 1000)
NAMES = ("retry-after", "x-exceptiontype", "x-ms-diagnostics", "x-warnings", "content-encoding")
DATES = ("Mon, 23 Nov 2026 12:02:00 GMT", "Mon, 23 Nov 0001 12:02:00 +9999", "Mon, 99 Nov 2026", "7", "-7", "9" * 30)


def headers(random: Random) -> dict[str, str]:
    return {random.choice(NAMES): random.choice((*DATES, *WORDS)) for _ in range(random.randint(0, 3))}


def body(random: Random) -> bytes:
    if random.random() < 0.1:
        return random.choice((b"", b"\0" * 4096, b"\x1f\x8b")) + random.randbytes(random.randint(0, 40))
    return json.dumps(tree(random)).encode()


def part(random: Random) -> object:
    if random.random() < 0.1:
        return leaf(random)
    status = random.choice((*STATUSES, "200", None, [], leaf(random)))
    fields = {"id": random.choice(("1", "2", "3", "4", leaf(random))), "status": status, "headers": headers(random)}
    return {**fields, "body": tree(random)}


# Everything is built from a seed, in one draw: an order of magnitude faster than drawing every leaf.
seeds = st.integers(0, 2**64 - 1).map(Random)


def is_sound(outcome: object, call: Call) -> bool:
    if isinstance(outcome, Reply):
        return all(isinstance(row, dict) for row in outcome.rows) and not shows(" ".join(outcome.warnings))
    assert isinstance(outcome, TransientError | PermanentError)
    assert type(outcome) not in (TransientError, PermanentError)
    assert type(outcome) is not (Ambiguous if call.is_read else Unavailable)
    return str(outcome).isprintable() and len(str(outcome)) < 600 and not shows(str(outcome))


def shows(sentence: str) -> bool:
    return CANARY[:8] in sentence or CANARY[-12:] in sentence


@MANY
@given(seeds)
def test_any_answer_ends_in_a_reply_or_one_error(random: Random) -> None:
    answer, call = Answer(random.choice(STATUSES), headers(random), body(random)), random.choice(CALLS)
    assert is_sound(decipher(answer, call, NOW), call)


@SOME
@given(st.integers(), st.dictionaries(st.sampled_from(NAMES), st.text()), st.binary())
def test_any_bytes_end_in_a_reply_or_one_error(status: int, named: dict[str, str], data: bytes) -> None:
    assert is_sound(decipher(Answer(status, named, data), CALLS[0], NOW), CALLS[0])


@SOME
@given(seeds)
def test_any_batch_gives_every_call_one_outcome(random: Random) -> None:
    calls = {str(number): call for number, call in enumerate(CALLS, start=1)}
    data = json.dumps({"responses": [part(random) for _ in range(random.randint(0, 4))]}).encode()
    outcomes = decipher_batch(Answer(random.choice(STATUSES), headers(random), data), calls, NOW)
    assert outcomes.keys() == calls.keys()
    assert all(is_sound(outcomes[key], call) for key, call in calls.items())


@SOME
@given(st.text(max_size=60) | st.builds("Mon, {} Nov {} 12:00:00 {}".format, *[st.integers(-9, 99_999)] * 3))
def test_any_wait_is_between_a_second_and_an_hour_or_none(value: str) -> None:
    wait = wait_of(value, NOW)
    assert wait is None or 1 <= wait.total_seconds() <= 3600


@SOME
@given(seeds)
def test_any_answer_of_entra_ends_in_a_token_or_one_error(random: Random) -> None:
    names = ("error", "error_codes", "error_description", "access_token")
    document = random.choice((tree(random), {name: tree(random, 1) for name in random.sample(names, 2)}))
    outcome = decipher_token(document)
    assert isinstance(outcome, KeeperError) or (outcome.isascii() and outcome.isprintable())


hosts = st.sampled_from(["outlook.office365.com", "evil.example", "a.outlook.office365.com", "xoutlook.office365.com"])
locations = st.text(max_size=40) | st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "//", "/", "\\\\", "https:/", "javascript:"]),
    st.sampled_from(["", "user@", "user:pass@", "evil.example\\@", "evil.example#@", "evil.example?"]),
    hosts,
    st.sampled_from(["", ":443", ":446", ":8443", ":x", ".evil.example", "@evil.example"]),
    st.text(max_size=10),
)


@SOME
@given(locations)
def test_no_location_leads_away_from_exchange(location: str) -> None:
    hop = next_hop("https://outlook.office365.com", "https://outlook.office365.com/a/b", location)
    if hop is not None:
        host = hop.removeprefix("https://").partition("/")[0].partition("?")[0]
        assert hop.startswith("https://")
        assert host.removesuffix(":443").removeprefix("a.") == "outlook.office365.com"
