"""JSON from outside, read in the one way in which every reader reads it: what parsers disagree on is refused. Total.

Source: RFC 8259 §4 (names that stand twice), §6 (numbers), §8 (UTF-8, surrogates), §9 (depth).
"""

import json

_DEEPEST = 8
"""Lists and objects inside each other; what we agree on has one level."""


class NotStrict(ValueError):
    """Not JSON, or JSON of which two readers could make two things; the message quotes nothing."""


def parse_strictly(text: bytes) -> object:
    """Read a document; total: any bytes end in a document or in one error.

    Raises:
        NotStrict: It is no JSON in UTF-8, has a name that stands twice, a fraction, an exponent, a number that is none,
            half a surrogate pair, or is too deep.
    """
    try:
        document: object = json.loads(
            text.decode(), object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused, parse_int=_integer
        )
    except NotStrict:
        raise
    except (ValueError, RecursionError):
        raise NotStrict("not JSON in UTF-8") from None
    _check(document)
    return document


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotStrict("a name stands twice")
    return members


def _refused(_: str) -> object:
    raise NotStrict("a number that is no whole number")


def _integer(digits: str) -> int:
    if digits == "-0":
        raise NotStrict("a number that is written in no canonical way")
    return int(digits)


def _check(document: object) -> None:
    """Look at every text, level by level: a document may be deeper than Python calls itself."""
    level = [document]
    for _ in range(_DEEPEST + 1):
        texts = [value for value in level if isinstance(value, str)]
        texts += [name for value in level if isinstance(value, dict) for name in value]
        if any(0xD800 <= ord(char) <= 0xDFFF for text in texts for char in text):  # noqa: PLR2004 - surrogates
            raise NotStrict("half a surrogate pair")
        inner = [
            value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list)
        ]
        level = [value for values in inner for value in values]
        if not inner:
            return
    raise NotStrict("too deep")
