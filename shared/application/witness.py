"""A tenant's Exchange under watch: every write is still wanted when it goes out, and is in the history afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.application.ports import Exchange, Policy, World
from shared.domain.decisions import Lease
from shared.domain.errors import KeeperError, RecordChanged, Unavailable
from shared.domain.fleet import is_braked, is_paused
from shared.domain.history import EventKind, Thread
from shared.domain.leases import check_rest, kept
from shared.domain.messages import ASKED_FOR, Message
from shared.domain.observation import Observation
from shared.domain.resources import Item
from shared.domain.steps import Applied, Step, Verb
from shared.domain.survey import Survey
from shared.domain.tenants import Tenant

KEEPER = "keeper"
"""Who acts when nobody asked."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Exchange as one piece of work has it.

    Attributes:
        exchange: Every tenant's Exchange.
        world: The outside.
        policy: How long what may take.
        message: What asked for the work.
        lease: The right to work on the tenant.
        ends_at: When nothing more is asked.
    """

    exchange: Exchange
    world: World
    policy: Policy
    message: Message
    lease: Lease
    ends_at: datetime

    def observe(self, tenant: Tenant) -> Observation:
        """Read."""
        self._check_time()
        return self.exchange.observe(tenant)

    def survey(self, tenant: Tenant) -> Survey:
        """Read thoroughly."""
        self._check_time()
        return self.exchange.survey(tenant)

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        """Carry out a step, unless something else is wanted by now.

        Raises:
            KeeperError: As Exchange has it; ``RecordChanged`` where the step is not wanted any more.
        """
        self._check_time()
        self._check(tenant, step)
        try:
            applied = self.exchange.apply(tenant, step)
        except KeeperError as error:
            self._note(tenant, step, error.code)
            raise
        self._note(tenant, step, "done")
        return applied

    def _check(self, tenant: Tenant, step: Step) -> None:
        """An operator may have paused, moved or off-boarded the tenant, or another worker taken it, meanwhile."""
        record = self.world.tenants.get(tenant.tenant_id)
        wanted = record.tenant
        if wanted.generation != tenant.generation:
            raise RecordChanged("something else is wanted of the tenant by now")
        renewed = kept(wanted, self.lease, self.world.clock(), self.policy.lease)
        if renewed != wanted:
            self.world.tenants.put(record, renewed)
        self._check_fleet(wanted, is_last=(step.verb, step.name) == (Verb.ENABLE, Item.REDIRECT))
        # Last of all, because every look into storage may have taken its time.
        check_rest(renewed.lease, self.world.clock(), self.policy.lease)

    def _check_fleet(self, wanted: Tenant, *, is_last: bool) -> None:
        """A freeze counts from the next write on, and a pause of the fleet before Redirect goes on."""
        if not is_last and self.message.cause in ASKED_FOR:
            return
        fleet = self.world.wishes.get().fleet
        if is_braked(fleet, self.message.cause, wanted.stage):
            raise RecordChanged("the repairs of the fleet are frozen by now")
        if is_last and is_paused(wanted, fleet, self.world.clock()):
            raise RecordChanged("the fleet's mail flow is paused by now")

    def _check_time(self) -> None:
        """End before the platform ends us, and everybody else in this process with us."""
        if self.world.clock() >= self.ends_at:
            raise Unavailable("the time for this piece of work is over; it goes on with the next message")

    def _note(self, tenant: Tenant, step: Step, outcome: str) -> None:
        thread = Thread(self.world.clock(), KEEPER, self.message.correlation_id)
        self.world.history.append(tenant.tenant_id, [thread.event(EventKind.STEP, str(step), "", outcome)])


def watched(world: World, policy: Policy, message: Message, lease: Lease) -> World:
    """The world with Exchange under watch, for one piece of work that begins now."""
    ends_at = world.clock() + policy.job
    return replace(world, exchange=Witness(world.exchange, world, policy, message, lease, ends_at))
