"""Throw bytes at what reads Exchange's and Entra's answers, guided by coverage; any must end in a declared outcome.

Run ``make fuzz`` (``RUNS=1000000``). It starts from the samples in tests/adapters/samples and ends with exit code 0, or
with the bytes that broke it in ``.state/fuzz``.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["shared"]):
    from shared.adapters.entra_answers import decipher as decipher_token
    from shared.adapters.exchange_answers import Answer, Reply, decipher, decipher_batch
    from shared.adapters.exchange_calls import Call
    from shared.domain.errors import KeeperError
    from shared.domain.values import Secret

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_CANARY = "0c4a9a7e-1b2c-4d3e-8f50-a1b2c3d4e5f6"
_CALLS = (
    Call("Get-TransportRule", {}),
    Call("New-InboundConnector", {"Enabled": True, "Word": (Secret(_CANARY),)}),
    Call("Set-TransportRule", {"HeaderContainsWords": (Secret(_CANARY),)}),
)
_STATUSES = (200, 204, 202, 302, 400, 401, 403, 404, 408, 429, 500, 503)
_HEADERS = ("retry-after", "x-exceptiontype", "x-ms-diagnostics", "x-warnings")
_WORDS = (
    *("error", "@odata.error", "@adminapi.errors", "@adminapi.warnings", "@adminapi.confirmationmessage", "code"),
    *("@odata.nextLink", "details", "innererror", "internalexception", "message", "type", "value", "Guid", "Enabled"),
    *("responses", "id", "status", "headers", "body", "access_token", "error_codes", "error_description", "Name"),
)
_LEAVES = (
    *(None, True, False, 0, -1, 200, 401, 403, 429, 503, 7000222, 10**400, 0.5, "", "0", "1", "2", "200", "\ud800"),
    *("|System.ArgumentException|text (Parameter 'Name')", f"Ex012345|A.ManagementObjectNotFoundException|{_CANARY}"),
    *('{"Message":"m","TypeName":"A.ServerBusyException"}', "There are more results available", _CANARY, "NotFound"),
    *("Inbound connector … is created in a disabled state.", "\0\r\n", "https://a"),
)
_LEAF, _LIST, _DEEPEST = 100, 150, 6
_SAMPLES = ROOT / "tests" / "adapters" / "samples"
_FOUND = ROOT / ".state" / "fuzz"


def one(data: bytes) -> None:
    """Three bytes choose the status, the call and the reader, a line is a header, the rest is the body."""
    choice, rest = data[:3].ljust(3, b"\0"), data[3:]
    line, _, body = rest.partition(b"\n")
    headers = {_HEADERS[choice[2] % len(_HEADERS)]: line.decode("latin-1")} if line else {}
    if choice[1] % 2:
        body = json.dumps(tree(iter(body), _DEEPEST)).encode()
    answer = Answer(_STATUSES[choice[0] % len(_STATUSES)], headers, body)
    call = _CALLS[choice[1] % len(_CALLS)]
    if choice[2] < 128:  # noqa: PLR2004 - half of all bytes
        judge(decipher(answer, call, _NOW))
    elif choice[2] < 224:  # noqa: PLR2004 - most of the other half
        calls = {str(number): each for number, each in enumerate(_CALLS)}
        outcomes = decipher_batch(answer, calls, _NOW)
        assert outcomes.keys() == calls.keys()
        for outcome in outcomes.values():
            judge(outcome)
    else:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return
        token = decipher_token(document)
        assert isinstance(token, KeeperError) or (token.isascii() and token.isprintable())


def tree(data: Iterator[int], depth: int) -> object:
    """Build JSON from bytes, one for each value and one for each name: every mutation is JSON again."""
    kind = next(data, 0)
    if kind < _LEAF or not depth:
        return _LEAVES[kind % len(_LEAVES)]
    size = kind % 4
    if kind < _LIST:
        return [tree(data, depth - 1) for _ in range(size)]
    return {_WORDS[next(data, 0) % len(_WORDS)]: tree(data, depth - 1) for _ in range(size + 1)}


def judge(outcome: object) -> None:
    """A reply whose objects are objects, or an error of which nothing secret and nothing unprintable is said."""
    if isinstance(outcome, Reply):
        assert all(isinstance(name, str) for row in outcome.rows for name in row)
        said = " ".join(outcome.warnings)
    else:
        assert isinstance(outcome, KeeperError)
        said = str(outcome)
        assert said.isprintable()
    assert _CANARY not in said


def seeds(folder: Path) -> None:
    """Write the samples as what ``one`` reads."""
    for path in _SAMPLES.glob("*.json"):
        sample = json.loads(path.read_text("utf-8"))
        status = _STATUSES.index(sample["status"]) if sample["status"] in _STATUSES else 0
        reader = 128 if "calls" in sample else 0
        body = json.dumps(sample.get("body")).encode()
        (folder / path.stem).write_bytes(bytes([status, 0, reader]) + b"\n" + body)


if __name__ == "__main__":
    _FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        seeds(Path(corpus))
        options = [sys.argv[0], *sys.argv[1:], f"-artifact_prefix={_FOUND}/", "-max_len=4096", corpus]
        atheris.Setup(options, one)
        atheris.Fuzz()
