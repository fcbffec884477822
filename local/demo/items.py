"""The six items as they stand in a tenant, read off the tenant itself: a judge that shares no code with the product."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_network

ITEMS = (
    "From MailMarshal Cloud Integrated",
    "To MailMarshal Cloud Integrated",
    "MailMarshal Cloud Integrated Loop Check",
    "MailMarshal Cloud Integrated Redirect",
    "Trusted ARC sealer",
    "Enhanced filtering",
)
OURS = frozenset(ITEMS[:4])
SEALER = "dkim.mailmarshal.cloud"

State = Mapping[str, Sequence[Mapping[str, object]]]


def six_items(state: State, skip_ips: Sequence[str]) -> dict[str, str]:
    """Say of each item whether it is there and on.

    Args:
        state: The tenant's objects by kind, as the twin holds them.
        skip_ips: The region's list.
    """
    inbound = _named(state["inbound_connectors"], ITEMS[0])
    outbound = _named(state["outbound_connectors"], ITEMS[1])
    return {
        ITEMS[0]: _connector(inbound),
        ITEMS[1]: _connector(outbound),
        ITEMS[2]: _rule(_named(state["transport_rules"], ITEMS[2])),
        ITEMS[3]: _rule(_named(state["transport_rules"], ITEMS[3])),
        ITEMS[4]: "on" if SEALER in _sealers(state) else "missing",
        ITEMS[5]: _filtering(inbound, skip_ips),
    }


def rules_are_in_order(state: State) -> bool:
    """Loop Check stands directly above Redirect, and both below everything else."""
    names = [rule["Name"] for rule in state["transport_rules"]]
    return names[-2:] == [ITEMS[2], ITEMS[3]]


def foreign(state: State) -> dict[str, object]:
    """Everything in the tenant that is not ours, in every field and in order."""
    others = {kind: [dict(row) for row in rows if row.get("Name") not in OURS] for kind, rows in state.items()}
    return {**others, "arc": [sealer for sealer in _sealers(state) if sealer != SEALER]}


def _named(rows: Sequence[Mapping[str, object]], name: str) -> Mapping[str, object] | None:
    return next((row for row in rows if row["Name"] == name), None)


def _connector(row: Mapping[str, object] | None) -> str:
    return "missing" if row is None else "on" if row["Enabled"] is True else "disabled"


def _rule(row: Mapping[str, object] | None) -> str:
    return "missing" if row is None else "on" if row["State"] == "Enabled" else "off"


def _sealers(state: State) -> list[str]:
    """Exchange joins them with commas; nothing says that it always does."""
    values = [row["ArcTrustedSealers"] or "" for row in state["arc"]]
    texts = [",".join(map(str, value)) if isinstance(value, list) else str(value) for value in values]
    return [entry for text in texts for entry in text.split(",") if entry]


def _filtering(inbound: Mapping[str, object] | None, skip_ips: Sequence[str]) -> str:
    entries = inbound["EFSkipIPs"] if inbound is not None else []
    assert isinstance(entries, list)
    there = {ip_network(entry, strict=False) for entry in entries}
    wanted = {ip_network(entry, strict=False) for entry in skip_ips}
    if there == wanted:
        return "on"
    return f"{len(there & wanted)} of {len(wanted)}" if there else "missing"
