"""Assembles the application on first use; the only module that knows both the adapters and the use cases.

Nothing here runs at import: the functions index with an empty environment, and a missing setting is named when a
function is first called.
"""

import os
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from shared.adapters import region_source, telemetry
from shared.adapters.deployment_keys import Keys
from shared.adapters.emitting import AzureMonitor
from shared.adapters.heartbeat import Heartbeat
from shared.adapters.history import History
from shared.adapters.incidents import Incidents
from shared.adapters.journal import Journal
from shared.adapters.opening import (
    open_exchange,
    open_notices,
    open_operators,
    open_sign_in,
    open_storage,
    patience_of,
)
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.proofs import Proofs
from shared.adapters.queues import Queues
from shared.adapters.sessions import Sessions
from shared.adapters.settings import Settings, from_environment
from shared.adapters.sign_in import SignIn
from shared.adapters.signup_body import parse_signup
from shared.adapters.tenants import Tenants
from shared.adapters.webhook import verify_webhook
from shared.adapters.webhook_request import check_request
from shared.adapters.wishes import Wishes
from shared.application.ports import Policy, World
from shared.application.sinks import Notices
from shared.domain.desired import Spec
from shared.domain.errors import KeeperError, Unauthentic
from shared.domain.regions import parse_region_data
from shared.domain.signup import Signup


@dataclass(frozen=True, slots=True)
class Foundation:
    """What can be had without region data: enough to put off or to keep whatever comes.

    Attributes:
        settings: The settings, read once.
        world: The outside, behind its ports.
        queues: Where messages are sent.
        notices: Whom people are told by.
    """

    settings: Settings
    world: World
    queues: Queues
    notices: Notices

    def chance(self) -> float:
        """A random number from 0 to 1."""
        return random.random()  # noqa: S311 - jitter, not cryptography # nosec B311


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a function needs.

    Attributes:
        settings: The settings, read once.
        world: The outside, behind its ports.
        policy: What the operator decides.
        queues: Where messages are sent.
        operators: Who may operate the product by a token of Entra.
        heartbeat: Where signs of life go.
        sign_in: How operators sign in by a browser.
        notices: Whom people are told by.
    """

    settings: Settings
    world: World
    policy: Policy
    queues: Queues
    operators: OperatorTokens
    heartbeat: Heartbeat
    sign_in: SignIn
    notices: Notices

    def read_signup(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Signup]:
        """Check a signup webhook and read it.

        Returns:
            The webhook's id and the signup.

        Raises:
            InvalidRequest: The head is too large.
            TooLarge: The body is.
            UnsupportedMedia: The body does not say that it is JSON.
            Unauthentic: The signature is not by a key of ours, or the key may not speak for the account.
            InvalidSignup: The body is not of its form.
        """
        check_request(headers, body)
        webhook = verify_webhook(headers, body, self.settings.webhook_keys, self.world.clock())
        signup = parse_signup(body)
        if not webhook.may_speak_for(signup.account_id):
            raise Unauthentic("the webhook did not prove to be authentic")
        return webhook.webhook_id, signup


_ground, _lock = threading.Lock(), threading.Lock()
_foundation: list[Foundation] = []
_application: list[Application] = []
_failed: list[tuple[float, KeeperError]] = []
"""The last time that there was no application: when, and why."""


def foundation() -> Foundation:
    """The foundation, laid on first use.

    Raises:
        InvalidSettings: Everything that is missing or wrong in the settings; asked again, it is read again.
    """
    with _ground:
        if not _foundation:
            _foundation.append(lay(os.environ))
        return _foundation[0]


def application() -> Application:
    """The application, assembled on first use.

    Raises:
        InvalidSettings: What is missing or wrong in the settings or the region data; asked again, it is read again.
        Unavailable: The region data cannot be fetched now.
    """
    asked = time.monotonic()
    with _lock:
        if _application:
            return _application[0]
        if _failed and _failed[0][0] >= asked:
            # Whoever waited while another one tried must not try after it: the waits would add up.
            raise _failed[0][1]
        try:
            _application.append(assemble(foundation()))
        except KeeperError as error:
            _failed[:] = [(time.monotonic(), error)]
            raise
        return _application[0]


def lay(environment: Mapping[str, str]) -> Foundation:
    """Join the adapters.

    Raises:
        InvalidSettings: Everything that is missing or wrong in the settings.
        Unavailable: In a trial, the queues cannot be made.
    """
    telemetry.configure()
    settings = from_environment(environment)
    account, queues = open_storage(settings)
    world = World(
        exchange=open_exchange(settings, _now),
        tenants=Tenants(account),
        journal=Journal(account),
        wishes=Wishes(account),
        history=History(account),
        proofs=Proofs(account),
        keys=Keys(account),
        incidents=Incidents(account),
        clock=_now,
        new_id=uuid4,
        telemetry=AzureMonitor(_now),
    )
    sinks, quiet, places = open_notices(settings)
    return Foundation(settings, world, queues, Notices(sinks, quiet, places))


def assemble(base: Foundation) -> Application:
    """Put what the operator decides on a foundation.

    Raises:
        InvalidSettings: There is no region data, or it is wrong.
        Unavailable: The region data cannot be fetched now.
    """
    settings = base.settings
    regions = parse_region_data(region_source.load(settings.regions), production=settings.is_production)
    policy = Policy(
        spec=Spec(regions.version, regions.skip_ips),
        settling=settings.settling,
        period=settings.period,
        draining=settings.draining,
        memory=settings.timeline,
        lease=settings.lease,
        patience=patience_of(settings),
    )
    heartbeat = Heartbeat(settings.heartbeat, Sessions())
    operators, sign_in = open_operators(settings, _now), open_sign_in(settings)
    return Application(settings, base.world, policy, base.queues, operators, heartbeat, sign_in, base.notices)


def _now() -> datetime:
    return datetime.now(UTC)
