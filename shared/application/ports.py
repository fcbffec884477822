"""What the use cases need of the world: one small Protocol for each outside system."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from shared.application.stores import History, Incidents, Journal, Keys, Proofs, Tenants, Wishes
from shared.domain.desired import Spec
from shared.domain.errors import KeeperError
from shared.domain.incidents import Patience
from shared.domain.messages import Message
from shared.domain.observation import Observation
from shared.domain.report import Report
from shared.domain.steps import Applied, Step
from shared.domain.survey import Survey
from shared.domain.tenants import Tenant


class Exchange(Protocol):
    """One tenant's Exchange Online."""

    def observe(self, tenant: Tenant) -> Observation:
        """Read everything that the promise is about; a read that fails is in the answer as unread.

        Raises:
            KeeperError: Nothing could be read, for one reason.
        """

    def survey(self, tenant: Tenant) -> Survey:
        """Read the same, and what only the beginning needs: the accepted domains, and what the application may run.

        Raises:
            KeeperError: Nothing could be read, for one reason.
        """

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        """Carry out one step.

        Raises:
            KeeperError: It was not carried out, or (``Ambiguous``) nobody knows.
        """


class Telemetry(Protocol):
    """Whom the product tells what it does; nothing depends on whether anybody listens."""

    def looked(self, message: Message, report: Report, tenant: Tenant, begun: datetime) -> None:
        """Tell what a look or a piece of work came to.

        Args:
            message: What asked for it.
            report: What was seen and done.
            tenant: The record afterwards.
            begun: When it began.
        """

    def braked(self, reason: str) -> None:
        """Tell that the repairs of the whole fleet were frozen by the product itself."""

    def unnoted(self, tenant: Tenant, error: KeeperError) -> None:
        """Tell that what a look means to people could not be kept; the next look or the timer finds it again."""

    def ending(self, whose: str, reason: str) -> None:
        """Tell that a person's decision ends soon, or is over.

        Args:
            whose: The tenant's id, or ``fleet``.
            reason: Which decision.
        """


class Silence:
    """Tells nobody anything."""

    def looked(self, message: Message, report: Report, tenant: Tenant, begun: datetime) -> None:
        """Keep it."""

    def braked(self, reason: str) -> None:
        """Keep it."""

    def unnoted(self, tenant: Tenant, error: KeeperError) -> None:
        """Keep it."""

    def ending(self, whose: str, reason: str) -> None:
        """Keep it."""


_SILENCE = Silence()


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside that a use case may ask.

    Attributes:
        exchange: Every tenant's Exchange Online.
        tenants: The tenant records.
        journal: What is kept beside them.
        wishes: What is wanted of the whole fleet.
        history: What happened to each tenant.
        proofs: What off-boardings proved.
        keys: The deployment's own keys.
        incidents: What is wrong, and who has been told.
        clock: The time, in UTC.
        new_id: A random id.
        telemetry: Whom the product tells what it does.
    """

    exchange: Exchange
    tenants: Tenants
    journal: Journal
    wishes: Wishes
    history: History
    proofs: Proofs
    keys: Keys
    incidents: Incidents
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    telemetry: Telemetry = _SILENCE


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decides.

    Attributes:
        spec: The data of the promise.
        settling: How long after our own write a read may lag.
        period: How often the timer asks for each tenant.
        draining: How long mail may be on its way through MailMarshal Cloud after Redirect went off.
        memory: How long a tenant's history is kept.
        lease: How long one worker has a tenant to itself; no single write may take longer than a third of it.
        job: How long after its begin a piece of work may still ask Exchange something.
        patience: When people are told what is wrong; ``None`` where nobody is to be told.
    """

    spec: Spec
    settling: timedelta
    period: timedelta
    draining: timedelta
    memory: timedelta
    lease: timedelta = timedelta(seconds=180)
    job: timedelta = timedelta(seconds=150)
    patience: Patience | None = None
