"""The invariants, checked around every write of the product that reaches the tenant."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from local.demo.items import ITEMS, OURS, foreign
from shared.domain.tenants import Stage, Tenant
from tests.application.life import POLICY
from tests.fakes import CANARY

FROM, TO, LOOP_CHECK, REDIRECT = ITEMS[:4]
State = Mapping[str, Sequence[Mapping[str, object]]]

LAG = timedelta(seconds=60)
"""How far a copy of the directory may be behind."""


DRAINING = POLICY.draining
"""How long mail may come back after Redirect went off."""

_SEALERS = "the list of sealers is another"


@dataclass
class Job:
    """One worker with one message, as the judge sees it.

    Attributes:
        number: In the order of beginning.
        tenant_id: Whose message it is; ``None`` for the timer.
        heals: Nobody asked for it.
        frozen: Repairs stood still when it began, or do so for a minute by now.
        owners: The leases that it took.
        generation: Of which generation its message is.
        known: The generation that its last look at the record showed.
        rank: Its place in the order of those that wrote.
        read: The number of the last event, and the time, before its last look began, or at its last write: whoever has
            written must look again.
        looked: The same before its last look alone.
    """

    number: int
    tenant_id: UUID | None
    heals: bool
    frozen: bool
    owners: set[UUID] = field(default_factory=set)
    rank: int = 0
    generation: int = 0
    known: int = 0
    read: tuple[int, datetime] | None = None
    looked: tuple[int, datetime] | None = None


def path_faults(state: State, tenant: Tenant) -> set[str]:
    """What under a Redirect that is on would lose, loop or divert mail."""
    found: set[str] = set()
    outbound, inbound = _one(state["outbound_connectors"], TO), _one(state["inbound_connectors"], FROM)
    regions = {region for region in (tenant.region, tenant.moving_from) if region is not None}
    hosts = [[region.smart_host] for region in regions]
    certificates = {region.certificate_name for region in regions}
    if outbound is None or outbound["Enabled"] is not True or outbound["TestMode"] is True:
        found.add("outbound is missing, off or on trial")
    else:
        if outbound["SmartHosts"] not in hosts or outbound["UseMXRecord"] is True:
            found.add("outbound goes elsewhere")
        if outbound["TlsDomain"] not in certificates or outbound["TlsSettings"] != "DomainValidation":
            found.add("outbound trusts others")
    if inbound is None or inbound["Enabled"] is not True:
        found.add("inbound is missing or off")
    elif inbound["TlsSenderCertificateName"] not in certificates:
        found.add("inbound trusts others")
    return found | _rule_faults(state)


def _rule_faults(state: State) -> set[str]:
    names = [rule["Name"] for rule in state["transport_rules"]]
    loop_check = _one(state["transport_rules"], LOOP_CHECK)
    if loop_check is None:
        return {"Loop Check is missing or off"}
    found = set()
    if loop_check["State"] != "Enabled" or loop_check["Mode"] != "Enforce":
        found.add("Loop Check is missing or off")
    if loop_check["StopRuleProcessing"] is not True or loop_check["HeaderContainsWords"] != [CANARY]:
        found.add("Loop Check says something else")
    if REDIRECT in names and names.index(LOOP_CHECK) > names.index(REDIRECT):
        found.add("Loop Check stands below Redirect")
    return found


def is_on(state: State) -> bool:
    """Whether Redirect is on."""
    redirect = _one(state["transport_rules"], REDIRECT)
    return redirect is not None and redirect["State"] == "Enabled"


def strangers(state: State) -> dict[str, object]:
    """What is not ours, in every field but its number, and in order."""
    others = foreign(state)
    rules: list[dict[str, object]] = others["transport_rules"]  # type: ignore[assignment]
    return {**others, "transport_rules": [{**rule, "Priority": None} for rule in rules]}


def guids(state: State) -> dict[str, str]:
    """The name of every connector and rule, by its Guid."""
    kinds = ("inbound_connectors", "outbound_connectors", "transport_rules")
    return {str(row["Guid"]): str(row["Name"]) for kind in kinds for row in state[kind]}


def regions(state: State) -> set[str]:
    """The regions that our two connectors show."""
    names: list[object] = []
    if inbound := _one(state["inbound_connectors"], FROM):
        names.append(inbound["TlsSenderCertificateName"])
    if outbound := _one(state["outbound_connectors"], TO):
        names += [outbound["TlsDomain"], *outbound["SmartHosts"]]  # type: ignore[misc]
    return {str(name).split(".")[1] for name in names if str(name).endswith(".mailmarshal.cloud")}


def _is_path(state: State, name: str) -> bool:
    """Whether one of our connectors is there and on."""
    row = _one([*state["inbound_connectors"], *state["outbound_connectors"]], name)
    return row is not None and row["Enabled"] is True


def _one(rows: Sequence[Mapping[str, object]], name: str) -> Mapping[str, object] | None:
    return next((row for row in rows if row["Name"] == name), None)


@dataclass
class Judge:
    """Watches, and notes what must not be.

    Attributes:
        violations: What was wrong, with the invariant's number first.
        events: How much happened.
        introduced: When an administrator broke what, by what is broken: the event's number and the time.
        made: The Guids of what the product made.
        last_writer: The rank of the last who began to write to each tenant.
        lag: How far a look may be behind.
        writes: How often the product wrote.
        dark: When Redirect went off as far as the product can know; ``None`` while it is on, or never was.
    """

    violations: list[str] = field(default_factory=list)
    events: int = 0
    introduced: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    last_writer: dict[UUID, int] = field(default_factory=dict)
    lag: timedelta = timedelta(0)
    writes: int = 0
    dark: datetime | None = None

    def administrator(self, tenant: Tenant, now: datetime, before: State, after: State) -> None:
        """Note what an administrator broke: nobody can know it before the next look."""
        self.events += 1
        was, is_now = path_faults(before, tenant), path_faults(after, tenant)
        self.introduced = {name: at for name, at in self.introduced.items() if name in is_now or name == _SEALERS}
        self.introduced.update(dict.fromkeys(is_now - was, (self.events, now)))
        if before["arc"] != after["arc"]:
            self.introduced[_SEALERS] = (self.events, now)
        # One that goes on and off again between two looks has been off all the time, as far as anybody can know.
        if tenant.quiet_since is None:
            self._darkened(before, after, now)

    def around(self, job: Job, tenant: Tenant, now: datetime, before: State) -> Callable[[State], None]:
        """Judge a write by the tenant before and after it; ``tenant`` is its record at this moment."""

        def after(state: State) -> None:
            if state == before:
                return
            self.writes += 1
            self.events += 1
            found = [*self._mail(job, tenant, before, state), *self._foreign(job, tenant, before, state)]
            found += [*self._right(job, tenant, now), *self._draining(before, state, now)]
            self._darkened(before, state, now)
            self.violations += [f"{what} (job {job.number})" for what in found]
            job.read = (self.events, now)

        return after

    def _mail(self, job: Job, tenant: Tenant, before: State, state: State) -> list[str]:
        if not is_on(state):
            return []
        wrong = path_faults(state, tenant)
        new = wrong - (path_faults(before, tenant) if is_on(before) else self._since(job.read))
        was_mixed = is_on(before) and len(regions(before)) > 1
        mixed = ["S5 two regions while Redirect is on"] if len(regions(state)) > 1 and not was_mixed else []
        return [*(f"S1 {what}" for what in sorted(new)), *mixed]

    def _draining(self, before: State, state: State, now: datetime) -> list[str]:
        """What the product takes from under mail that Redirect has sent on its way, and that comes back."""
        if is_on(before) or self.dark is None or now - self.dark >= DRAINING - self.lag:
            return []
        gone = [name for name in (FROM, TO) if _is_path(before, name) and not _is_path(state, name)]
        gone += [f"the region {region}" for region in sorted(regions(before) - regions(state))]
        return [f"S13 {what} goes while mail is on its way" for what in gone]

    def _darkened(self, before: State, after: State, now: datetime) -> None:
        if is_on(before) != is_on(after):
            self.dark = None if is_on(after) else now

    def _since(self, read: tuple[int, datetime] | None) -> set[str]:
        """What an administrator broke after a look, or too shortly before it to be seen."""
        if read is None:
            return set()
        number, moment = read
        return {what for what, (event, at) in self.introduced.items() if event > number or at > moment - self.lag}

    def _foreign(self, job: Job, tenant: Tenant, before: State, state: State) -> list[str]:
        theirs, now = strangers(before), strangers(state)
        if _SEALERS in self._since(job.looked):
            # Exchange takes the list of sealers as a whole, and no edition with it: nobody can close that gap.
            theirs["arc"] = now["arc"] = None
        found = [] if theirs == now else ["S2 something foreign was changed"]
        was, is_now = guids(before), guids(state)
        self.made |= is_now.keys() - was.keys()
        mine = self.made | {str(guid) for guid in tenant.owned.values()}
        gone = {guid: name for guid, name in was.items() if guid not in is_now}
        found += [f"S3 {name} was removed and is not ours" for guid, name in gone.items() if guid not in mine]
        return found + [f"L2 {name} is there twice" for name in OURS if list(is_now.values()).count(name) > 1]

    def _right(self, job: Job, tenant: Tenant, now: datetime) -> list[str]:
        found = []
        lease = tenant.lease
        if lease is None or lease.owner not in job.owners or now >= lease.expires_at:
            found.append("S7 a write without a live lease")
        last = self.last_writer.get(tenant.tenant_id, 0)
        job.rank = job.rank or last + 1
        if job.rank < last:
            found.append("H1 two runs of one tenant write in turn")
        self.last_writer[tenant.tenant_id] = max(job.rank, last)
        # A freeze stops repairs: a new customer still comes in, and one whose leaving was asked for still leaves.
        if job.frozen and job.heals and tenant.stage not in (Stage.AWAITING_CONSENT, Stage.OFFBOARDING):
            found.append("S10 a repair while the fleet is frozen")
        if job.known > job.generation:
            found.append("S11 a write of what is not wanted any more")
        if tenant.stage is Stage.OFFBOARDED:
            found.append("S11 a write to a tenant that has left")
        return found
