"""Questions 1, 10 and 11: what an inbound connector takes, keeps and may be."""

from collections.abc import Mapping
from types import MappingProxyType

from local.probe.evidence import Seen, Unsettled, worded
from local.probe.judgement import Judge, Question, reaction, read_back
from local.probe.own import ADDRESS, CERTIFICATE, HOST_BITS, IPV6, MANY, PRIVATE, RANGE, Own
from local.probe.steps import EVERYTHING, Step
from shared.domain.errors import Blocked
from shared.domain.resources import Kind

_GET, _NEW, _SET = "Get-InboundConnector", "New-InboundConnector", "Set-InboundConnector"
_TABLE: Mapping[str, object] = {"@odata.type": "#Exchange.GenericHashTable"}
"""An empty hash table: the other way to clear a list (exchange contract §1.2)."""

INBOUND_OFF: Mapping[str, object] = MappingProxyType(
    {
        "ConnectorType": "OnPremises",
        "SenderDomains": ["*"],
        "RequireTls": True,
        # Nobody has a certificate of this name, so the connector could meet no mail even if it were on.
        "TlsSenderCertificateName": CERTIFICATE,
        "CloudServicesMailEnabled": False,
        "Enabled": False,
    }
)


def inbound(word: str) -> Own:
    """An inbound connector of the probe."""
    return Own(Kind.INBOUND_CONNECTOR, word)


_FILTER, _CLEAR = inbound("skip-list"), inbound("clearing")
_OFF_THEN_ON, _BORN_ON = inbound("off-then-on"), inbound("born-on")


def _set(slug: str, own: Own, name: str, value: object) -> tuple[Step, Step]:
    """A change, and the look at what became of it."""
    return Step(slug, _SET, {"Identity": own, name: value}), Step(f"{slug}-read", _GET, EVERYTHING)


def _skips(slug: str) -> tuple[str, Judge]:
    label = slug.removeprefix("skip-list-").replace("-", " ")
    return label, read_back(slug, f"{slug}-read", _FILTER, "EFSkipIPs")


def _many(seen: Seen) -> str:
    done = seen.at("skip-list-256-addresses")
    value = seen.row("skip-list-256-addresses-read", _FILTER).get("EFSkipIPs")
    kept = len(value) if isinstance(value, list) else 0
    return f"{worded(done)}; {kept} entries read back"


SKIP_LIST = Question(
    1,
    "EFSkipIPs: IPv6, host bits and ranges, private addresses, how many",
    (
        Step("skip-list-connector", _NEW, {"Name": _FILTER, **INBOUND_OFF}),
        *_set("skip-list-host-bits-and-range", _FILTER, "EFSkipIPs", [HOST_BITS, RANGE]),
        *_set("skip-list-ipv6", _FILTER, "EFSkipIPs", [IPV6]),
        *_set("skip-list-private-address", _FILTER, "EFSkipIPs", [PRIVATE]),
        *_set("skip-list-256-addresses", _FILTER, "EFSkipIPs", list(MANY)),
    ),
    (
        _skips("skip-list-host-bits-and-range"),
        _skips("skip-list-ipv6"),
        _skips("skip-list-private-address"),
        ("256 addresses", _many),
    ),
)


CLEARING = Question(
    10,
    "Clearing: an empty array or an empty hash table for EFSkipIPs and EFUsers, null for TlsSenderCertificateName",
    (
        Step("clearing-connector", _NEW, {"Name": _CLEAR, **INBOUND_OFF, "EFSkipIPs": [ADDRESS]}),
        *_set("clearing-skip-list-by-array", _CLEAR, "EFSkipIPs", []),
        Step("clearing-skip-list-filled-again", _SET, {"Identity": _CLEAR, "EFSkipIPs": [ADDRESS]}),
        *_set("clearing-skip-list-by-table", _CLEAR, "EFSkipIPs", _TABLE),
        *_set("clearing-users-by-array", _CLEAR, "EFUsers", []),
        *_set("clearing-users-by-table", _CLEAR, "EFUsers", _TABLE),
        *_set("clearing-certificate-by-null", _CLEAR, "TlsSenderCertificateName", None),
    ),
    tuple(
        (label, read_back(slug, f"{slug}-read", _CLEAR, name))
        for label, slug, name in (
            ("EFSkipIPs by an empty array", "clearing-skip-list-by-array", "EFSkipIPs"),
            ("EFSkipIPs by an empty hash table", "clearing-skip-list-by-table", "EFSkipIPs"),
            ("EFUsers (empty before) by an empty array", "clearing-users-by-array", "EFUsers"),
            ("EFUsers (empty before) by an empty hash table", "clearing-users-by-table", "EFUsers"),
            ("TlsSenderCertificateName by null", "clearing-certificate-by-null", "TlsSenderCertificateName"),
        )
    ),
)

_ENABLED = "It is on until it is removed. It can meet no mail: nobody has a certificate of that name."


def _restriction(write: str, read: str, own: Own) -> Judge:
    def judge(seen: Seen) -> str:
        said = worded(seen.at(write))
        try:
            is_on = seen.row(read, own).get("Enabled")
        except Unsettled:
            return f"{said}; nothing reads back"
        return f"{said}; reads back as {'on' if is_on is True else 'off' if is_on is False else 'neither on nor off'}"

    return judge


def _whether_restricted(seen: Seen) -> str:
    outcomes = [seen.at(slug).outcome for slug in ("restricted-set-connector", "restricted-new")]
    if any(isinstance(outcome, Blocked) for outcome in outcomes):
        return "yes"
    seen.at("restricted-set")
    rows = (("restricted-set-read", _OFF_THEN_ON), ("restricted-new-read", _BORN_ON))
    if all(seen.row(read, own).get("Enabled") is True for read, own in rows):
        raise Unsettled("this tenant is not restricted; ask in one of a trial or Business subscription")
    return "yes"


RESTRICTED = Question(
    11,
    "A restricted tenant: Enabled:true on New and on Set",
    (
        Step("restricted-set-connector", _NEW, {"Name": _OFF_THEN_ON, **INBOUND_OFF}),
        Step("restricted-set", _SET, {"Identity": _OFF_THEN_ON, "Enabled": True}, _ENABLED),
        Step("restricted-set-read", _GET, EVERYTHING),
        Step("restricted-new", _NEW, {"Name": _BORN_ON, **INBOUND_OFF, "Enabled": True}, _ENABLED),
        Step("restricted-new-read", _GET, EVERYTHING),
    ),
    (
        ("the tenant is restricted", _whether_restricted),
        ("made off", reaction("restricted-set-connector")),
        ("turned on by Set", _restriction("restricted-set", "restricted-set-read", _OFF_THEN_ON)),
        ("on from New", _restriction("restricted-new", "restricted-new-read", _BORN_ON)),
    ),
)
