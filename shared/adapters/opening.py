"""The adapters as the settings want them. Opening one does no I/O, but for the queues of a trial."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from shared.adapters.entra_http import EntraHttp
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.notify_sinks import Sink, open_sink
from shared.adapters.operator_tokens import OperatorTokens
from shared.adapters.queues import Queues
from shared.adapters.room import Room
from shared.adapters.sessions import Sessions
from shared.adapters.settings import ConnectionString, Settings
from shared.adapters.sign_in import SignIn
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Limits, Transport
from shared.domain.incidents import Patience
from shared.domain.notification import Places
from shared.domain.quiet_hours import QuietHours

_GRACE, _UNREAD, _LEAVING = 5, 2, 12
"""Settling times, periods and draining times: ten minutes, two hours and six hours where nobody sets them."""

_Clock = Callable[[], datetime]


def open_exchange(settings: Settings, clock: _Clock) -> ExchangeOnline:
    """Every tenant's Exchange."""
    sessions = Sessions()
    tokens = Tokens(_registration(settings), settings.exchange_url, sessions)
    # A write that hangs must end before the lease on its tenant does.
    limits = Limits(write=min(Limits().write, settings.lease.total_seconds() / 3))
    transport = Transport(settings.exchange_url, sessions, limits, room=Room(settings.exchange_calls))
    return ExchangeOnline(transport, tokens, clock, uuid4)


def open_operators(settings: Settings, clock: _Clock) -> OperatorTokens:
    """Who may operate the product by a token."""
    sessions = Sessions()
    return OperatorTokens(settings.login_url, settings.operator_tenants, settings.operator_audiences, sessions, clock)


def open_sign_in(settings: Settings) -> SignIn:
    """How operators sign in by a browser."""
    http = EntraHttp(Sessions())
    return SignIn(_registration(settings), settings.operator_tenants, settings.operator_audiences[0], http)


def open_notices(settings: Settings) -> tuple[tuple[Sink, ...], QuietHours | None, Places]:
    """Who is told, when what is not critical waits, and where people go from there."""
    sessions = Sessions()
    sinks = tuple(open_sink(setting, sessions) for setting in settings.sinks)
    return sinks, settings.quiet, Places(settings.public_url, settings.runbooks_url)


def patience_of(settings: Settings) -> Patience | None:
    """When people are told, sooner in a trial, where everything is faster; ``None`` where nobody is to be told."""
    if not settings.sinks:
        return None
    return Patience(
        grace=_GRACE * settings.settling,
        unread=_UNREAD * settings.period,
        leaving=_LEAVING * settings.draining,
        is_told_changes=any(setting.told.is_told_changes for setting in settings.sinks),
    )


def open_storage(settings: Settings) -> tuple[StorageAccount, Queues]:
    """The storage account, and its queues.

    Raises:
        InvalidSettings: It cannot be opened as it is named.
        Unavailable: It is away, in a trial: in Azure the deployment makes the queues.
    """
    storage = settings.storage
    if isinstance(storage, ConnectionString):
        account = StorageAccount.from_connection_string(storage.secret.reveal)
    else:
        account = StorageAccount.from_identity(storage.queue_uri, storage.table_uri, storage.client_id)
    queues = Queues(account)
    if not settings.is_production:
        queues.make_all()
    return account, queues


def _registration(settings: Settings) -> Registration:
    return Registration(settings.client_id, settings.credential, settings.login_url)
