"""Print docs/reference/errors.md, made from the tree of errors, what each is over HTTP, and the explanations.

Run ``python tools/errors_page.py > docs/reference/errors.md``.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cli.explaining import Explanation, table  # noqa: E402 - this is a script
from functions.api import CODES_OF_THE_FRAMEWORK  # noqa: E402
from functions.problems import status_of  # noqa: E402
from shared.domain.errors import KeeperError, PermanentError, TransientError  # noqa: E402
from tools.tables import table as lines  # noqa: E402

_HEAD = """\
# Codes

Made from `shared/domain/errors`, `functions/problems.py` and `cli/explanations.json` by
`python tools/errors_page.py > docs/reference/errors.md`; do not edit it by hand. `keeper explain CODE` says the same
without asking anybody.

A code is stable: answers of the API, parked messages, records and runbooks use it. Over HTTP an error is
`application/problem+json` (RFC 9457) with its code in `code`; a 503 says in `Retry-After` after how many seconds to
come again.
"""
_PARTS = {
    TransientError: "Errors that pass: it is tried again\n\nThe product comes back by itself; a caller may ask again.",
    PermanentError: "Errors that stay: a person must act\n\nRepeating the same changes nothing.",
    KeeperError: "Errors without a kind of their own",
}
"""The two kinds of error, and what is left over; what a class is, its own kind says."""
_FORMS = {
    "finding": "Findings\n\nWhat a look found beside differences; each stands on the tenant's record.",
    "verdict": "Verdicts\n\nWhat was seen of a tenant.",
    "command": "Errors of the command line\n\nThey never come from the API; the exit code is 1.",
}


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    errors = {each.code: each for each in table() if each.kind == "error"}
    left = dict(errors)
    for kind, title in _PARTS.items():
        found = {code: status_of(error("")) for error in _below(kind) if (code := error.code) in left}
        parts += [f"## {title}\n", *_rows(((left.pop(code), str(found[code])) for code in found), "HTTP"), ""]
    of_framework = {code: str(status) for status, code in CODES_OF_THE_FRAMEWORK.items()}
    rest = ((each, of_framework.get(code, "any other")) for code, each in left.items())
    parts += ["## Answers of the API to what is none of its questions\n", *_rows(rest, "HTTP"), ""]
    for form, title in _FORMS.items():
        parts += [f"## {title}\n", *_rows((each, "") for each in table() if each.kind == form), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _below(root: type[KeeperError]) -> Iterator[type[KeeperError]]:
    yield root
    for each in root.__subclasses__():
        yield from _below(each)


def _rows(rows: Iterable[tuple[Explanation, str]], *more: str) -> Iterator[str]:
    head = ("code", *more, "meaning", "cause", "next")
    yield from lines(
        head,
        (
            (f"`{each.code}`", *((status,) if more else ()), each.meaning, each.cause, each.then)
            for each, status in rows
        ),
    )


if __name__ == "__main__":
    print(page(), end="")
