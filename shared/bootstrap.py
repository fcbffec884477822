"""Assembles the application on first use; the only module that knows both the adapters and the use cases.

Nothing here runs at import: the functions index with an empty environment, and a missing setting is named when a
function is first called.
"""

import os
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import requests

from shared.adapters import region_source, telemetry
from shared.adapters.deployment_keys import Keys
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.history import History
from shared.adapters.journal import Journal
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.proofs import Proofs
from shared.adapters.queues import Queues
from shared.adapters.sessions import Sessions
from shared.adapters.settings import ConnectionString, Settings, from_environment
from shared.adapters.signup_body import parse_signup
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tenants import Tenants
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Limits, Transport
from shared.adapters.webhook import verify_webhook
from shared.adapters.webhook_request import check_request
from shared.adapters.wishes import Wishes
from shared.application.ports import Policy, World
from shared.domain.desired import Spec
from shared.domain.errors import Unauthentic
from shared.domain.regions import parse_region_data
from shared.domain.signup import Signup


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a function needs.

    Attributes:
        settings: The settings, read once.
        world: The outside, behind its ports.
        policy: What the operator decides.
        queues: Where messages are sent.
        operators: Who may operate the product by a token of Entra.
    """

    settings: Settings
    world: World
    policy: Policy
    queues: Queues
    operators: OperatorTokens

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

    def chance(self) -> float:
        """A random number from 0 to 1."""
        return random.random()  # noqa: S311 - jitter, not cryptography  # nosec B311


_WRITE_SECONDS = 60.0
"""The longest that a write to Exchange may take (exchange contract §1.13)."""

_lock = threading.Lock()
_application: list[Application] = []


def application() -> Application:
    """The application, assembled on first use.

    Raises:
        InvalidSettings: Everything that is missing or wrong in the settings; asked again, it is read again.
    """
    with _lock:
        if not _application:
            _application.append(assemble(os.environ))
        return _application[0]


def assemble(environment: Mapping[str, str]) -> Application:
    """Join the adapters and the use cases.

    Raises:
        InvalidSettings: Everything that is missing or wrong in the settings.
    """
    telemetry.configure()
    settings = from_environment(environment)
    regions = parse_region_data(region_source.load(settings.regions), production=settings.is_production)
    account, queues = _storage(settings)
    world = World(
        exchange=_exchange(settings),
        tenants=Tenants(account),
        journal=Journal(account),
        wishes=Wishes(account),
        history=History(account),
        proofs=Proofs(account),
        keys=Keys(account),
        clock=_now,
        new_id=uuid4,
    )
    policy = Policy(
        spec=Spec(regions.version, regions.skip_ips),
        settling=settings.settling,
        period=settings.period,
        draining=settings.draining,
        memory=settings.timeline,
        lease=settings.lease,
    )
    return Application(settings, world, policy, queues, _operators(settings))


def _operators(settings: Settings) -> OperatorTokens:
    sessions = Sessions(requests.Session)
    return OperatorTokens(settings.login_url, settings.operator_tenants, settings.operator_audiences, sessions, _now)


def _exchange(settings: Settings) -> ExchangeOnline:
    sessions = Sessions(requests.Session)
    registration = Registration(settings.client_id, settings.credential, settings.login_url)
    tokens = Tokens(registration, settings.exchange_url, sessions)
    # A write that hangs must end before the lease on its tenant does.
    limits = Limits(write=min(_WRITE_SECONDS, settings.lease.total_seconds() / 3))
    return ExchangeOnline(Transport(settings.exchange_url, sessions, limits), tokens, _now, uuid4)


def _storage(settings: Settings) -> tuple[StorageAccount, Queues]:
    storage = settings.storage
    if isinstance(storage, ConnectionString):
        account = StorageAccount.from_connection_string(storage.secret.reveal)
    else:
        account = StorageAccount.from_identity(storage.queue_uri, storage.table_uri, storage.client_id)
    queues = Queues(account)
    if not settings.is_production:
        # In Azure the deployment makes them.
        queues.make_all()
    return account, queues


def _now() -> datetime:
    return datetime.now(UTC)
