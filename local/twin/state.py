"""One tenant's state: its objects as property bags, and what was asked of it."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from uuid import UUID, uuid5

from local.twin.faults import Fault
from local.twin.refusals import argument, bad_value, not_found
from local.twin.switches import Switches

Row = dict[str, Any]
LONGEST_NAME = 64


@dataclass(frozen=True)
class Past:
    """What was there until a write: objects as in ``TenantState``.

    Attributes:
        until: When the write came.
    """

    until: datetime
    inbound: list[Row]
    outbound: list[Row]
    rules: list[Row]
    arc: list[str] | None


@dataclass
class TenantState:
    """One directory with its Exchange organisation.

    Attributes:
        tenant_id: Its id.
        domain: Its initial domain.
        clock: The time, in UTC.
        inbound, outbound: Connectors, in the order of creation.
        rules: Transport rules; a rule's priority is its place.
        arc: The ARC sealers; ``None`` when none was ever configured.
        domains: Accepted domains, the initial one first.
        switches: Its behaviours.
        faults: Answers that wait to be given.
        history: Every cmdlet that was asked for, by whom, and how it ended.
        past: What was there before each write, while a copy lags.
        reads: How many reads there were; copies take turns.
        interferences: How often the administrator came between.
        dice: Chance, the same for the same seed.
        hydrated_at: When the organisation gets objects of its own; ``None`` while nobody has asked for them.
        lock: Exchange does one thing at a time here.
    """

    tenant_id: str
    domain: str
    clock: Callable[[], datetime]
    inbound: list[Row] = field(default_factory=list)
    outbound: list[Row] = field(default_factory=list)
    rules: list[Row] = field(default_factory=list)
    arc: list[str] | None = None
    domains: list[Row] = field(default_factory=list)
    switches: Switches = field(default_factory=Switches)
    faults: list[Fault] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    reads: int = 0
    interferences: int = 0
    dice: Random = field(default_factory=lambda: Random(0))
    hydrated_at: datetime | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    _made: int = 0
    _asked: int = 0

    def names(self) -> set[str]:
        """Everything that a URL may call it: its id and its accepted domains, in lower case."""
        return {self.tenant_id, self.domain, *(row["Name"] for row in self.domains)}

    def new_guid(self) -> str:
        """An id that nothing else in the tenant has, the same in every run."""
        self._made += 1
        return str(uuid5(UUID(self.tenant_id), str(self._made)))

    def request_id(self) -> str:
        """The id of an answer, the same in every run."""
        self._asked += 1
        return str(uuid5(UUID(self.tenant_id), f"request {self._asked}"))

    def stamp(self, row: Row, *, created: bool = False) -> None:
        """Note when an object was changed, in as many ways as it has: a rule has one, a connector four (seen live)."""
        now = self.clock().astimezone(UTC)
        for name in ("WhenChanged", "WhenCreated") if created else ("WhenChanged",):
            times = {name: _time(now, "+00:00"), f"{name}UTC": _time(now, "Z")}
            row.update({key: time for key, time in times.items() if key in row})

    def describe(self, row: Row, container: str) -> None:
        """Give an object the properties that follow from its name."""
        name, tree = row["Name"], f"CN={self.domain},CN=ConfigurationUnits,DC=TWNPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"
        unit = f"TWNPR01A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/{self.domain}"
        row["Identity"] = name
        ids = {"Id": name, "NameHashGuid": str(uuid5(UUID(self.tenant_id), name.casefold()))}
        roots = dict.fromkeys(("OrganizationalUnitRoot", "OrganizationalUnitRootInternal"), self.domain)
        row.update({key: value for key, value in {**ids, **roots}.items() if key in row})
        row["DistinguishedName"] = f"CN={_escaped(name)},{container},CN=Configuration,{tree}"
        row["OrganizationId"] = f"{unit} - TWNPR01A001.PROD.OUTLOOK.COM/ConfigurationUnits/{self.domain}/Configuration"


def _escaped(name: str) -> str:
    """A name as a part of a distinguished name: quotes stand behind a backslash (seen live; the rest by RFC 4514)."""
    return re.sub(r'([",+;<>\\])', r"\\\1", name)


def _time(moment: datetime, zone: str) -> str:
    """A moment with seven digits, as Exchange writes it (exchange contract §1.5, seen live)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.0000000") + zone


@cache
def _objects() -> Row:
    document: Row = json.loads((files("local.twin") / "data" / "objects.json").read_text("utf-8"))
    return document


def blank(noun: str) -> Row:
    """An object with nothing set."""
    copy: Row = json.loads(json.dumps(_objects()[noun]))
    return copy


def blank_value(noun: str, name: str) -> object:
    """A property of an object with nothing set."""
    return _objects()[noun].get(name)


def find(rows: list[Row], identity: str) -> Row | None:
    """Find an object by its name, Guid or distinguished name, in any case (documented)."""
    wanted = identity.casefold()
    for row in rows:
        if wanted in (row["Name"].casefold(), row["Guid"].casefold(), row["DistinguishedName"].casefold()):
            return row
    return None


def required(rows: list[Row], identity: object) -> Row:
    """Find an object that must be there.

    Raises:
        Refused: It is not.
    """
    row = find(rows, str(identity))
    if row is None:
        raise not_found(str(identity))
    return row


def checked_name(name: object) -> str:
    """A name that may be used.

    Raises:
        Refused: It is none, or too long.
    """
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise argument("Name", f"The length of the name must be from 1 to {LONGEST_NAME}.")
    return name


def filled(noun: str, name: str, value: object) -> object:
    """A property's value after a parameter gave it: null makes it what it is when unset.

    Raises:
        Refused: It is one of several choices, and null is none of them.
    """
    unset = blank_value(noun, name)
    if value is None and unset:
        raise bad_value(name, None, "System.Enum")
    return unset if value is None else value


def is_taken(rows: list[Row], name: str, by_other_than: Row | None = None) -> bool:
    """Whether another object has the name, in any case."""
    return any(row is not by_other_than and row["Name"].casefold() == name.casefold() for row in rows)
