"""Every recorded, documented and inferred answer has the meaning that its sample expects."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.exchange_answers import Answer, Reply, decipher, decipher_batch
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_envelope import LARGEST
from shared.domain.errors import (
    Ambiguous,
    Conflict,
    KeeperError,
    NeedsConsent,
    Rejected,
    RolePropagating,
    Throttled,
    TransientError,
    Unavailable,
)
from shared.domain.observation import properties
from shared.domain.values import Secret

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.json"))
SINGLE = [path for path in SAMPLES if '"call":' in path.read_text(encoding="utf-8")]
BATCHES = [path for path in SAMPLES if path not in SINGLE]
READ = Call("Get-TransportRule", {})
WRITE = Call("Set-TransportRule", {})
CANARY = "0c4a9a7e-1b2c-4d3e-8f50-a1b2c3d4e5f6"


def body_of(sample: dict[str, Any]) -> bytes:
    if "body" in sample:
        return json.dumps(sample["body"]).encode()
    return b"\0" * int(sample.get("nul_bytes", 0)) or str(sample.get("text", "")).encode()


def said(status: int, body: object = None, headers: dict[str, str] | None = None, call: Call = READ) -> KeeperError:
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    outcome = decipher(Answer(status, headers or {}, data), call, NOW)
    assert isinstance(outcome, KeeperError)
    return outcome


def answer_of(sample: dict[str, Any]) -> Answer:
    """The answer as the transport hands it on: header names in lower case, the body as bytes."""
    headers = {name.lower(): value for name, value in sample["headers"].items()}
    return Answer(sample["status"], headers, body_of(sample))


@pytest.mark.parametrize("path", SINGLE, ids=lambda path: path.stem)
def test_a_sample_means_what_it_expects(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    call = Call(sample["call"]["cmdlet"], sample["call"]["parameters"])
    means(decipher(answer_of(sample), call, NOW), call, sample["expected"])


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.stem)
def test_every_part_of_a_sample_of_a_batch_means_what_it_expects(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    calls = {key: Call(call["cmdlet"], call["parameters"]) for key, call in sample["calls"].items()}
    outcomes = decipher_batch(answer_of(sample), calls, NOW)
    assert outcomes.keys() == sample["expected"].keys()
    for key, outcome in outcomes.items():
        means(outcome, calls[key], sample["expected"][key])


def means(outcome: Reply | KeeperError, call: Call, expected: dict[str, Any]) -> None:
    if isinstance(outcome, Reply):
        assert [properties(row) for row in outcome.rows] == expected["rows"]
        assert list(outcome.warnings) == expected.get("warnings", [])
        return
    assert outcome.code == expected["error"]
    assert str(outcome).startswith(call.cmdlet)
    assert expected.get("says", "") in str(outcome)
    if "retry_after" in expected:
        assert isinstance(outcome, TransientError)
        assert outcome.retry_after == timedelta(seconds=expected["retry_after"])


@pytest.mark.parametrize(
    ("status", "on_read", "on_write"),
    [
        (100, Unavailable, Ambiguous),
        (202, Unavailable, Ambiguous),
        (206, Unavailable, Ambiguous),
        (304, Unavailable, Ambiguous),
        (400, Rejected, Rejected),
        (401, NeedsConsent, NeedsConsent),
        (403, RolePropagating, RolePropagating),
        (404, Rejected, Conflict),
        (405, Rejected, Rejected),
        (408, Unavailable, Ambiguous),
        (413, Rejected, Rejected),
        (429, Throttled, Throttled),
        (500, Unavailable, Ambiguous),
        (502, Unavailable, Ambiguous),
        (503, Unavailable, Ambiguous),
        (504, Unavailable, Ambiguous),
        (599, Unavailable, Ambiguous),
    ],
)
def test_a_status_without_a_body_decides(status: int, on_read: type[KeeperError], on_write: type[KeeperError]) -> None:
    assert type(said(status)) is on_read
    assert type(said(status, call=WRITE)) is on_write


def test_the_type_outweighs_the_status() -> None:
    gone = {"error": {"details": [{"message": "|A.B.ManagementObjectNotFoundException|gone"}]}}
    assert type(said(500, gone, call=WRITE)) is Conflict
    assert type(said(400, gone, call=WRITE)) is Conflict


def test_too_many_requests_is_throttling_whatever_passing_type_comes_with_it() -> None:
    busy = {"error": {"details": [{"message": "|A.B.TransientException|The server is too busy."}]}}
    for call in (READ, WRITE):
        error = said(429, busy, {"retry-after": "120"}, call=call)
        assert type(error) is Throttled
        assert error.retry_after == timedelta(seconds=120)


def test_the_status_outweighs_the_text() -> None:
    assert type(said(401, {"error": {"message": "it already exists"}})) is NeedsConsent


@pytest.mark.parametrize(
    ("inner_type", "inner_text"),
    [
        ("A.DirectInvokeCmdletExecutionException", "something went wrong"),
        ("A.SomethingElseException", "Exception of type 'A.SomethingElseException' was thrown."),
        ("", "something went wrong"),
        ("A.SomethingElseException", ""),
    ],
)
def test_an_inner_exception_that_says_nothing_gives_way_to_the_details(inner_type: str, inner_text: str) -> None:
    inner = {"internalexception": {"type": inner_type, "message": inner_text}}
    error = {"details": [{"message": "|A.InvalidPriorityException|the truth"}], "innererror": inner}
    sentence = str(said(400, {"error": error}, call=WRITE))
    assert "InvalidPriorityException: the truth" in sentence


def test_an_inner_exception_that_says_something_is_believed() -> None:
    inner = {"internalexception": {"type": "A.InvalidPriorityException", "message": "the truth"}}
    error = {"details": [{"message": "|A.SomethingElseException|no"}], "innererror": inner}
    assert "InvalidPriorityException: the truth" in str(said(400, {"error": error}, call=WRITE))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 7 ", 7),
        ("0", 1),
        ("999999", 3600),
        ("9" * 5000, 3600),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 1),
        ("Mon, 23 Nov 2099 12:00:00 GMT", 3600),
        ("Mon, 23 Nov 2026 12:02:00 -0000", 120),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣٠", None),
    ],
)
def test_a_wait_is_seconds_or_a_date_or_nothing(value: str, seconds: int | None) -> None:
    for status in (429, 503):
        error = said(status, headers={"retry-after": value})
        assert isinstance(error, Throttled)
        assert error.retry_after == (None if seconds is None else timedelta(seconds=seconds))


def test_an_answer_packed_by_gzip_is_read_whatever_its_headers_say() -> None:
    packed = gzip.compress(b'{"value":[{"Name":"a"}]}')
    assert decipher(Answer(200, {}, packed), READ, NOW) == Reply(({"Name": "a"},))


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"0" * (LARGEST + 1)), gzip.compress(b'{"value":[]}')[:-6], b"\x1f\x8b", b"\x1f\x8bnot gzip at all"],
    ids=["too much of it", "cut off", "only its sign", "nonsense"],
)
def test_an_answer_that_cannot_be_unpacked_makes_no_sense(packed: bytes) -> None:
    assert type(said(200, packed)) is Unavailable


@pytest.mark.parametrize(
    "body",
    [[], "x", 7, True, {}, {"value": None}, {"value": {}}, {"value": [1]}, {"value": [{}, None]}],
)
def test_a_read_that_is_no_list_of_objects_is_no_empty_list(body: object) -> None:
    assert type(said(200, body)) is Unavailable


def test_deep_nesting_and_endless_numbers_make_no_sense() -> None:
    assert type(said(200, b"[" * 200_000)) is Unavailable
    assert type(said(200, b'{"value":[{"a":' + b"9" * 10_000 + b"}]}")) is Unavailable


def test_the_identity_is_the_guid_of_the_one_object() -> None:
    guid = "5b2f7f1e-0000-4000-8000-000000000004"
    assert str(Reply(({"Guid": guid},)).identity) == guid
    assert Reply(({"Guid": guid}, {"Guid": guid})).identity is None
    assert Reply(({"Guid": "no guid"},)).identity is None
    assert Reply(({"Guid": 7},)).identity is None
    assert Reply().identity is None


ECHOES = [
    f"Cannot convert value '{CANARY}'",
    f"Cannot convert value '{CANARY.upper()}'",
    f"value {{{CANARY}}}",
    CANARY.replace("-", ""),
    "x" * 190 + CANARY,
    CANARY + "\0\r\n" + CANARY,
]


@pytest.mark.parametrize("text", ECHOES)
def test_what_was_sent_does_not_come_back_in_a_sentence(text: str) -> None:
    call = Call("New-TransportRule", {"HeaderContainsWords": (Secret(CANARY),)})
    bodies: list[object] = [
        {"error": {"message": text}},
        {"error": {"details": [{"message": f"|System.{CANARY}|{text}"}]}},
        {"error": {"innererror": {"internalexception": {"type": text, "message": text}}}},
        {"error": {"details": [{"message": json.dumps({"Message": text, "TypeName": text})}]}},
        {"@adminapi.errors": [text]},
    ]
    for body in bodies:
        for status in (200, 400, 401, 404, 500):
            sentence = str(said(status, body, call=call)).lower()
            assert CANARY[:8] not in sentence
            assert CANARY[-12:] not in sentence
    warned = decipher(Answer(200, {"x-warnings": text}, b'{"value":[],"@adminapi.warnings":["%s"]}' % b"w"), call, NOW)
    assert isinstance(warned, Reply)
    assert CANARY[:8] not in " ".join(warned.warnings).lower()


def test_a_secret_that_is_no_guid_is_struck_out_as_well() -> None:
    call = Call("New-TransportRule", {"HeaderContainsWords": (Secret("open sesame"),), "RemoveHeader": Secret("hush")})
    sentence = str(said(400, {"error": {"message": "'Open Sesame' and Hush are refused"}}, call=call))
    assert "'…' and … are refused" in sentence


def test_sentences_name_no_server_and_no_person() -> None:
    text = "object 'x@contoso.com' on 'AAAP0A0DC0.AAAP0.PROD.OUTLOOK.COM' of contoso.onmicrosoft.com CN=secret name"
    sentence = str(said(400, {"error": {"message": text}}))
    for name in ("contoso", "AAAP0", "secret name"):
        assert name not in sentence


def test_a_sentence_is_one_short_printable_line() -> None:
    sentence = str(said(400, {"error": {"message": "a\r\n\x1b[31m\u202eb\ud800 " * 5000}}))
    assert sentence.isprintable()
    assert len(sentence) < 500


CALLS = {"A-1": READ, "b-2": Call("Get-ArcConfig", {})}


def test_parts_of_a_batch_are_matched_by_id_in_any_order_and_case() -> None:
    parts = [
        {"id": "B-2", "status": 429, "headers": {"Retry-After": "9"}, "body": {"error": {"message": "no"}}},
        {"id": "stranger", "status": 200, "body": {"value": [{"Name": "z"}]}},
        {"id": "a-1", "body": {"value": [{"Name": "x"}]}},
    ]
    outcomes = decipher_batch(Answer(200, {}, json.dumps({"responses": parts}).encode()), CALLS, NOW)
    assert outcomes["A-1"] == Reply(({"Name": "x"},))
    error = outcomes["b-2"]
    assert isinstance(error, Throttled)
    assert error.retry_after == timedelta(seconds=9)


@pytest.mark.parametrize(
    "part",
    [
        {"id": "nobody"},
        {},
        None,
        {"id": "a-1", "status": 200, "body": None},
        {"id": "a-1", "status": 200},
        {"id": "a-1", "status": "x", "body": {"value": []}},
        {"id": "a-1", "status": [], "body": {"value": []}},
        {"id": "a-1", "body": "no json"},
        {"id": "a-1", "body": [{"value": []}]},
    ],
)
def test_a_part_that_is_missing_or_empty_was_not_read(part: object) -> None:
    outcomes = decipher_batch(Answer(200, {}, json.dumps({"responses": [part]}).encode()), CALLS, NOW)
    assert {type(outcome) for outcome in outcomes.values()} == {Unavailable}


def test_two_parts_with_one_id_are_no_answer() -> None:
    part = {"id": "a-1", "status": 200, "body": {"value": []}}
    outcomes = decipher_batch(Answer(200, {}, json.dumps({"responses": [part, part]}).encode()), CALLS, NOW)
    assert isinstance(outcomes["A-1"], Unavailable)


def test_a_part_may_carry_its_body_as_text_and_its_status_too() -> None:
    part = {"id": "a-1", "status": "200", "body": '{"value":[{"Name":"x"}]}'}
    outcomes = decipher_batch(Answer(200, {}, json.dumps({"responses": [part]}).encode()), CALLS, NOW)
    assert outcomes["A-1"] == Reply(({"Name": "x"},))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {}, NeedsConsent),
        (403, {}, RolePropagating),
        (503, {}, Unavailable),
        (200, {"error": {"code": "TooManyRequests"}}, Throttled),
        # The envelope of one call, with no objects: taken for a batch it would say that nothing exists.
        (200, {"value": []}, Unavailable),
        (200, {"responses": {}}, Unavailable),
    ],
)
def test_a_refusal_of_the_whole_is_the_outcome_of_every_part(
    status: int, body: object, error: type[KeeperError]
) -> None:
    outcomes = decipher_batch(Answer(status, {}, json.dumps(body).encode()), CALLS, NOW)
    assert {type(outcome) for outcome in outcomes.values()} == {error}
