"""Strike a tenant out of texts, and put the same made-up name wherever the same name stood. No I/O.

Source of the places for made-up addresses: RFC 2606 (domains), RFC 5737 and RFC 3849 (addresses).
"""

import json
import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from local.probe.own import NETWORKS
from local.probe.patterns import FORMS, HOSTS, WORDS, joined
from local.probe.telling import emptied, literal, moment, says_nothing
from local.probe.vocabulary import everyday, vocabulary

_KEPT = tuple(map(ip_network, NETWORKS))
_BLOCK = 254
_TYPED = r"(?:@(?:odata|data)\.type)?"
_MEMBER = re.compile(rf"[A-Z][A-Za-z0-9_]{{0,80}}{_TYPED}|@?(?:odata|adminapi)\.[A-Za-z]{{1,40}}{_TYPED}")
_AROUND = frozenset("code details error innererror internalexception message stacktrace target type value".split())  # noqa: SIM905 - words
_NO_ADDRESS = frozenset("0123456789.:")
_QUOTED = r"(?<!\w)'(?!\s).{1,300}?'(?!\w)|\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”"
_SENTENCE, _WORDS = joined((*FORMS, ("quoted", _QUOTED))), joined(WORDS)


class Disguise:
    """One run's made-up names; the same name has the same made-up one throughout.

    Args:
        known: Names of the tenant, as they were read.
        proper: Words of them with a capital letter, which tell the tenant even when they stand alone.
    """

    def __init__(self, known: Iterable[str], proper: Iterable[str] = ()) -> None:
        found = literal(known, proper)
        self._known = re.compile(found)
        # A known name goes wherever it stands, even in the middle of something else; never out of ours or Exchange's.
        self._names = joined((*FORMS[:2], ("known", found)))
        self._seats: dict[str, dict[str, int]] = {}

    def text(self, value: str) -> str:
        """Disguise a sentence of Exchange: known names go, and what looks like a name or stands in quotes."""
        if value.lstrip().startswith("{"):
            try:
                return json.dumps(self._members(json.loads(value)), ensure_ascii=False)
            except (ValueError, RecursionError):
                return self.words(value)
        return _SENTENCE.sub(self._replaced, self._names.sub(self._replaced, value))

    def words(self, value: str) -> str:
        """Disguise somebody's own words: everything goes but Exchange's vocabulary."""
        return _WORDS.sub(self._replaced, value)

    def member(self, name: str) -> str:
        """Disguise the name of a JSON member, unless it is of the form of Exchange's own."""
        is_theirs = name in _AROUND or (_MEMBER.fullmatch(name) and not self._known.search(name))
        return name if is_theirs else self.words(name)

    def _members(self, document: object) -> object:
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, list):
            return [self._members(part) for part in document]
        if isinstance(document, dict):
            return {self.member(name): self._members(part) for name, part in document.items()}
        return document

    def _replaced(self, match: re.Match[str]) -> str:
        kind, found = str(match.lastgroup), match[0]
        if kind in ("ours", "type"):
            return found
        if kind == "quoted":
            return found[0] + self._quoted(found[1:-1]) + found[-1]
        special = {"moment": moment, "url": self._url, "ipv4": self._address, "ipv6": self._address}
        return special[kind](found) if kind in special else self._named(kind, found)

    def _quoted(self, value: str) -> str:
        """Disguise what stands in quotes: a name of somebody's, or a sentence of Exchange's."""
        if self._known.search(value) or any(word.casefold().strip(".,") not in everyday() for word in value.split()):
            return self.words(value)
        return value

    def _named(self, kind: str, found: str) -> str:
        folded = found.casefold()
        if kind == "domain" and folded in HOSTS:
            return found
        if kind == "word" and (folded in vocabulary() or says_nothing(found)):
            return found
        return self._made_up(kind, self._seat(kind, folded), found)

    def _made_up(self, kind: str, number: int, found: str) -> str:
        if kind == "entry":
            own = next((match[0] for match in _WORDS.finditer(found) if match.lastgroup == "ours"), "")
            return f"CN={own},CN=made-up" if own else f"CN=entry-{number}"
        forms = {
            "guid": f"5b2f7f1e-0000-4000-8000-{number:012d}",
            "person": f"person-{number}@people.example",
            "domain": f"domain-{number}.example",
            "server": f"SERVER-{number}",
            "token": f"made-up-token-{number}",
        }
        return forms.get(kind, f"name-{number}" if kind == "known" else f"word-{number}")

    def _seat(self, kind: str, folded: str) -> int:
        seats = self._seats.setdefault(kind, {})
        return seats.setdefault(folded, len(seats) + 1)

    def _url(self, found: str) -> str:
        try:
            parts = urlsplit(found)
        except ValueError:
            return "https://exchange.example"
        host = parts.netloc if parts.netloc in HOSTS else "exchange.example"
        query = "?" + "&".join(emptied(part) for part in parts.query.split("&")) if parts.query else ""
        fragment = "#" + self.words(parts.fragment) if parts.fragment else ""
        return f"{parts.scheme}://{host}{self._path(parts.path)}{query}{fragment}"

    def _path(self, path: str) -> str:
        kept = {"adminapi", "beta", "v1.0", "$metadata", "invokecommand", "$batch", ""}
        return "/".join(part if part.casefold() in kept else self.words(part) for part in path.split("/"))

    def _address(self, found: str) -> str:
        bare, slash, prefix = found.partition("/")
        try:
            address = ip_address(bare)
        except ValueError:
            # A time of day or a version is nobody's; anything else is a word.
            return found if set(found) <= _NO_ADDRESS else self._named("word", found)
        if any(address in block for block in _KEPT if block.version == address.version):
            return found
        number = self._seat("address", str(address))
        if address.version == 6:  # noqa: PLR2004 - the protocol's own number
            return f"2001:db8:1::{number:x}{slash}{prefix}"
        block = "192.0.2" if number <= _BLOCK else "198.51.100"
        return f"{block}.{(number - 1) % _BLOCK + 1}{slash}{prefix}"
