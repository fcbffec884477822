"""The fleet and one tenant as people read them."""

from collections.abc import Iterator, Mapping

from rich.text import Text

from cli.answers import Fleet
from cli.answers_tenants import Suspension, Tenant
from cli.inert import one_line
from cli.moments import shown
from cli.sheets import grid

_STYLES = {"healthy": "green", "settling": "cyan", "unknown": "yellow"}


def verdict_style(verdict: str) -> str:
    """How a verdict is shown where there is colour."""
    return _STYLES.get(verdict.strip(), "red")


def fleet_lines(fleet: Fleet) -> Iterator[str | Text]:
    """The fleet: what was seen, what is wanted, what stands still, and whether anybody looks."""
    counted = f"counted {shown(fleet.counted_at)}" if fleet.counted_at else "not counted yet"
    yield Text(f"{fleet.tenants} tenants, {counted}", style="bold")
    groups = (("seen", fleet.counts.verdict), ("wanted", fleet.counts.stage), ("region", fleet.counts.region))
    for title, counts in (*groups, ("spec", fleet.counts.spec)):
        yield from _counts(title, counts)
    yield from _items(fleet.counts.items)
    yield ""
    yield from grid(_state(fleet))


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str | Text]:
    width = max((len(name) for name in counts), default=0)
    for at, (name, count) in enumerate(sorted(counts.items(), key=_most_first)):
        style = verdict_style(name) if title == "seen" else ""
        yield Text.assemble(f"{title if at == 0 else '':8}", (one_line(name).ljust(width), style), f"  {count:>6}")


def _items(items: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Each item with what was seen of it, what is most often first."""
    rows = []
    for at, (name, states) in enumerate(items.items()):
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items(), key=_most_first))
        rows.append(("items " if at == 0 else "", name, said))
    yield from grid(rows)


def _state(fleet: Fleet) -> Iterator[tuple[str, str]]:
    if fleet.freeze is None:
        yield "brake", "released: repairs are made"
    else:
        freeze = fleet.freeze
        yield "brake", f"FROZEN since {shown(freeze.since)}, by {freeze.by}: {freeze.reason}"
    for pause in fleet.pauses:
        yield "pause", f"{pause.scope}: mail passes by until {shown(pause.until)}, by {pause.by}: {pause.reason}"
    yield "sweep", f"the timer was last through {shown(fleet.last_sweep)}"
    if fleet.oldest_check is not None:
        oldest = fleet.oldest_check
        yield "oldest", f"{oldest.tenant_id} was last looked at {shown(oldest.checked_at)}"


def next_of(fleet: Fleet) -> str:
    """The command that comes next; empty where nothing is to be done."""
    release = ["keeper release"] if fleet.freeze is not None else []
    if fleet.counts.verdict.get("drifted"):
        return ", then ".join(["keeper plan --verdict drifted", *release])
    if release:
        return release[0]
    worst = [
        name for name in fleet.counts.verdict if name not in ("healthy", "settling") and fleet.counts.verdict[name]
    ]
    return f"keeper status --verdict {worst[0]}" if worst else ""


def tenant_lines(tenant: Tenant) -> Iterator[str | Text]:
    """One tenant: its six items, what people decided, what was noticed, what to tell the customer."""
    head = f"{one_line(tenant.initial_domain)}  {one_line(tenant.tenant_id)}  {tenant.region}"
    yield Text(head, style="bold")
    verdict = one_line(tenant.verdict)
    said = f"wanted: {one_line(tenant.stage)}   seen: "
    yield Text.assemble(said, (verdict, verdict_style(verdict)), f"   {one_line(tenant.reason)}")
    yield f"looked at: {shown(tenant.checked_at)}   next: {shown(tenant.next_check_at)}"
    yield ""
    yield from grid([("item", "wanted", "seen"), *((item.name, item.desired, item.observed) for item in tenant.items)])
    for finding in tenant.findings:
        yield f"{one_line(finding.weight)}  {one_line(finding.code)}: {one_line(finding.sentence)}"
    for name, suspension in (("pause", tenant.pause), ("hold", tenant.hold)):
        if suspension is not None:
            yield _suspension(name, suspension)
    for deviation in tenant.deviations:
        until = f"until {shown(deviation.until)}, by {one_line(deviation.by)}: {one_line(deviation.reason)}"
        yield f"accepted  {one_line(deviation.setting)} = {one_line(deviation.value)} {until}"
    if tenant.guidance.sentence:
        yield ""
        yield f"To the customer: {one_line(tenant.guidance.sentence)}"
        yield from (f"    {one_line(line)}" for line in tenant.guidance.commands)


def _suspension(name: str, suspension: Suspension) -> str:
    return f"{name}  until {shown(suspension.until)}, by {one_line(suspension.by)}: {one_line(suspension.reason)}"
