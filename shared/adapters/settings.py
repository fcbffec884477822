"""The application's settings, read once from the environment and checked as a whole.

Source of the names: docs/reference/settings.md, which is made from ``settings_table``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.adapters.credentials import ClientSecret, Credential, ManagedIdentity, read_certificate
from shared.adapters.settings_reading import Reading, is_loopback
from shared.adapters.storage_settings import ConnectionString, IdentityStorage, Storage, read_storage
from shared.adapters.webhook_keys import WebhookKey, parse_webhook_keys
from shared.domain.errors import InvalidSettings
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
        operator_key: Lets operators in, in a trial; ``None`` when nobody is let in by a key.
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
    operator_key: Secret | None
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
    login_url = reading.origin("KEEPER_LOGIN_URL")
    settings = Settings(
        exchange_url=reading.origin("KEEPER_EXCHANGE_URL"),
        login_url=login_url,
        graph_url=reading.origin("KEEPER_GRAPH_URL"),
        client_id=reading.guid("KEEPER_CLIENT_ID"),
        credential=_credential(reading, login_url),
        webhook_keys=reading.parsed("KEEPER_WEBHOOK_KEYS", parse_webhook_keys) or (),
        regions=reading.parsed("KEEPER_REGIONS", _place) or "",
        settling=reading.seconds("KEEPER_SETTLING_SECONDS", least=0),
        period=reading.seconds("KEEPER_RECHECK_SECONDS", least=1),
        operator_key=_for_trials(reading, "KEEPER_OPERATOR_KEY", login_url),
        storage=read_storage(reading),
    )
    reading.finish()
    return settings


def _credential(reading: Reading, login_url: str) -> Credential:
    """Read the one credential that is set; what stands for it beside a problem is never used."""
    readers: dict[str, Callable[[], Credential | None]] = {
        "KEEPER_FEDERATED_IDENTITY": lambda: ManagedIdentity(reading.guid("KEEPER_FEDERATED_IDENTITY")),
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


def _place(text: str) -> str:
    if "://" in text and not text.startswith("https://"):
        raise InvalidSettings("a path or an https URL is expected")
    return text
