"""The application's settings, read once from the environment and checked as a whole.

Source of the names: docs/reference/settings.md, which is made from ``settings_table``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.adapters.clouds import CLOUDS, COMMERCIAL, Cloud, cloud_of
from shared.adapters.credentials import ClientSecret, Credential, ManagedIdentity, read_certificate
from shared.adapters.notify_kinds import SinkSetting
from shared.adapters.notify_settings import parse_sinks
from shared.adapters.operator_settings import read_audiences, read_public_url, read_tenants
from shared.adapters.quiet_setting import parse_quiet_hours
from shared.adapters.settings_reading import Reading, is_loopback
from shared.adapters.storage_settings import ConnectionString, IdentityStorage, Storage, read_storage
from shared.adapters.webhook_keys import WebhookKey, parse_webhook_keys
from shared.domain.errors import InvalidSettings
from shared.domain.quiet_hours import QuietHours
from shared.domain.values import Secret

__all__ = ["ConnectionString", "IdentityStorage", "Settings", "Storage", "from_environment"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the operator decides.

    Attributes:
        exchange_url: Where Exchange is, without a final slash.
        login_url: Where Entra is, without a final slash.
        graph_url: Where Microsoft Graph is, without a final slash.
        client_id: The product's application id.
        credential: What it proves itself with.
        webhook_keys: The keys of signup webhooks.
        regions: A path or an https URL of the region data.
        settling: How long after our own write a read may lag.
        period: How often each tenant is checked.
        draining: How long after Redirect went off mail may still be on its way through MailMarshal Cloud.
        timeline: How long a tenant's history is kept.
        lease: How long one worker has a tenant to itself.
        heartbeat: Where a sign of life goes after each sweep; ``None`` where it goes nowhere.
        exchange_calls: How many calls to Exchange one process makes at once.
        operator_key: Lets operators in, in a trial; ``None`` when nobody is let in by a key.
        operator_tenants: The directories whose tokens let operators in; empty when nobody is let in by a token.
        operator_audiences: What operators' tokens are for.
        public_url: Where customers' browsers reach the API, without a final slash; empty when a request's own address
            says it.
        sinks: Who is told what is wrong.
        quiet: When what is not critical waits; ``None`` for never.
        runbooks_url: The folder of the runbooks, without a final slash; empty for its path in the repository.
        storage: How the storage account is opened.
    """

    exchange_url: str
    login_url: str
    graph_url: str
    client_id: str
    credential: Credential
    webhook_keys: tuple[WebhookKey, ...]
    regions: str
    settling: timedelta
    period: timedelta
    draining: timedelta
    timeline: timedelta
    lease: timedelta
    heartbeat: Secret | None
    exchange_calls: int
    operator_key: Secret | None
    operator_tenants: frozenset[UUID]
    operator_audiences: tuple[str, ...]
    public_url: str
    sinks: tuple[SinkSetting, ...]
    quiet: QuietHours | None
    runbooks_url: str
    storage: Storage

    @property
    def is_production(self) -> bool:
        """Whether this is more than a trial: Entra is not on the machine itself."""
        return not is_loopback(self.login_url)


def from_environment(mapping: Mapping[str, str]) -> Settings:
    """Read every setting.

    Args:
        mapping: The environment.

    Raises:
        InvalidSettings: Everything that is missing or wrong, one line for each setting, without any value.
    """
    reading = Reading(mapping)
    names = ("KEEPER_LOGIN_URL", "KEEPER_EXCHANGE_URL", "KEEPER_GRAPH_URL")
    login_url, exchange_url, graph_url = map(reading.origin, names)
    client_id = reading.guid("KEEPER_CLIENT_ID")
    settling = reading.seconds("KEEPER_SETTLING_SECONDS", least=0)
    cloud = _cloud(reading, login_url, exchange_url, graph_url)
    settings = Settings(
        exchange_url=exchange_url,
        login_url=login_url,
        graph_url=graph_url,
        client_id=client_id,
        credential=_credential(reading, login_url, cloud),
        webhook_keys=reading.parsed("KEEPER_WEBHOOK_KEYS", parse_webhook_keys) or (),
        regions=reading.parsed("KEEPER_REGIONS", _place) or "",
        settling=settling,
        period=reading.seconds("KEEPER_RECHECK_SECONDS", least=1),
        draining=_draining(reading, settling),
        timeline=reading.days("KEEPER_TIMELINE_DAYS", least=30),
        lease=reading.seconds("KEEPER_LEASE_SECONDS", least=3),
        heartbeat=reading.parsed("KEEPER_HEARTBEAT_URL", _address),
        exchange_calls=reading.count("KEEPER_EXCHANGE_CALLS"),
        operator_key=_for_trials(reading, "KEEPER_OPERATOR_KEY", login_url),
        operator_tenants=read_tenants(reading),
        operator_audiences=read_audiences(reading, client_id),
        public_url=read_public_url(reading),
        sinks=reading.parsed("KEEPER_NOTIFY", parse_sinks) or (),
        quiet=reading.parsed("KEEPER_QUIET_HOURS", parse_quiet_hours),
        runbooks_url=reading.service("KEEPER_RUNBOOKS_URL"),
        storage=read_storage(reading),
    )
    reading.finish()
    return settings


def _draining(reading: Reading, settling: timedelta) -> timedelta:
    """Read how long mail drains; half an hour where reads lag by two minutes, and shorter in a trial by as much.

    A changed rule reaches messages within 30 minutes, says Microsoft: "Manage mail flow rules in Exchange Online",
    https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/manage-mail-flow-rules
    (OfficeDocs-Exchange, manage-mail-flow-rules.md).
    """
    name = "KEEPER_DRAINING_SECONDS"
    return reading.seconds(name, least=0) if reading.text(name) else settling * 15


def _cloud(reading: Reading, login_url: str, exchange_url: str, graph_url: str) -> Cloud:
    """Find the cloud that the three addresses belong to; in a trial they belong to none."""
    wrong = reading.problems.keys() & {"KEEPER_LOGIN_URL", "KEEPER_EXCHANGE_URL", "KEEPER_GRAPH_URL"}
    if is_loopback(login_url) or wrong:
        return COMMERCIAL
    cloud = cloud_of(login_url, exchange_url)
    if cloud is None:
        known = "; ".join(f"{row.name}: {row.logins[0]} with {row.exchanges[0]}" for row in CLOUDS)
        reading.problems["KEEPER_EXCHANGE_URL"] = f"is not of the cloud of KEEPER_LOGIN_URL; there are {known}"
    elif graph_url != cloud.graph:
        reading.problems["KEEPER_GRAPH_URL"] = f"is not of the cloud of KEEPER_LOGIN_URL, whose Graph is {cloud.graph}"
    return cloud or COMMERCIAL


def _credential(reading: Reading, login_url: str, cloud: Cloud) -> Credential:
    """Read the one credential that is set; what stands for it beside a problem is never used."""
    readers: dict[str, Callable[[], Credential | None]] = {
        "KEEPER_FEDERATED_IDENTITY": lambda: ManagedIdentity(
            reading.guid("KEEPER_FEDERATED_IDENTITY"), cloud.federation
        ),
        "KEEPER_CERTIFICATE": lambda: reading.parsed("KEEPER_CERTIFICATE", read_certificate),
        "KEEPER_CLIENT_SECRET": lambda: _client_secret(reading, login_url),
    }
    chosen = [name for name in readers if reading.text(name)]
    found = [credential for name in chosen if (credential := readers[name]()) is not None]
    if len(chosen) > 1:
        reading.problems[chosen[0]] = f"exactly one credential is expected, and {', '.join(chosen)} are set"
    if not chosen and not reading.problems.keys() & readers.keys():
        reading.problems["KEEPER_FEDERATED_IDENTITY"] = f"is missing; one of {', '.join(readers)} is expected"
    return found[0] if found else ClientSecret(Secret(""))


def _client_secret(reading: Reading, login_url: str) -> ClientSecret | None:
    secret = _for_trials(reading, "KEEPER_CLIENT_SECRET", login_url)
    return ClientSecret(secret) if secret else None


def _for_trials(reading: Reading, name: str, login_url: str) -> Secret | None:
    """Read what is accepted only where no real tenant can be reached."""
    value = reading.text(name)
    if value and not is_loopback(login_url):
        reading.problems[name] = "is refused unless the login URL is a loopback address"
    return Secret(value) if value else None


def _address(text: str) -> Secret:
    if not text.startswith("https://") or not text.isascii() or " " in text:
        raise InvalidSettings("an https URL is expected")
    return Secret(text)


def _place(text: str) -> str:
    if "://" in text and not text.startswith("https://"):
        raise InvalidSettings("a path or an https URL is expected")
    return text
