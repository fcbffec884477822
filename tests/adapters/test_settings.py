"""Settings: read as a whole, wrong as a whole, and the page that is made from their table."""

import json
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.credentials import Certificate, ClientSecret, ManagedIdentity
from shared.adapters.settings import ConnectionString, IdentityStorage, Settings, from_environment
from shared.adapters.settings_reading import is_loopback
from shared.adapters.settings_table import SETTINGS, Need
from shared.domain.errors import InvalidSettings
from shared.domain.values import Secret
from tools import settings_page

ROOT = Path(__file__).resolve().parents[2]
GUID = "3f2b7c1e-0000-4000-8000-00000000aaaa"
KEYS = json.dumps([{"id": "one", "secret": "whsec_" + b64encode(b"k" * 32).decode()}])
CONNECTION = "DefaultEndpointsProtocol=https;AccountName=example;AccountKey=Y2FuYXJ5LWNhbmFyeQ=="
PRODUCTION = {
    "KEEPER_CLIENT_ID": GUID,
    "KEEPER_FEDERATED_IDENTITY": GUID,
    "KEEPER_WEBHOOK_KEYS": KEYS,
    "KEEPER_REGIONS": "https://regions.test/regions.json?sig=x",
    "KEEPER_STORAGE__queueServiceUri": "https://example.queue.core.windows.net/",
    "KEEPER_STORAGE__tableServiceUri": "https://example.table.core.windows.net",
}
TRIAL = {
    "KEEPER_LOGIN_URL": "https://localhost:9443",
    "KEEPER_CLIENT_ID": GUID,
    "KEEPER_CLIENT_SECRET": "canary-password",
    "KEEPER_OPERATOR_KEY": "canary-operator",
    "KEEPER_WEBHOOK_KEYS": KEYS,
    "KEEPER_REGIONS": "regions.json",
    "KEEPER_STORAGE": "UseDevelopmentStorage=true",
}
CREDENTIALS = ("KEEPER_FEDERATED_IDENTITY", "KEEPER_CERTIFICATE", "KEEPER_CLIENT_SECRET")


def with_credential(**credential: str) -> Settings:
    return from_environment({k: v for k, v in PRODUCTION.items() if k not in CREDENTIALS} | credential)


def problems(environment: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        from_environment(environment)
    assert caught.value.__context__ is None
    assert "canary" not in str(caught.value)
    lines = [line.partition(": ") for line in str(caught.value).splitlines()]
    return {name: text for name, _, text in lines}


def test_production() -> None:
    settings = from_environment(PRODUCTION)
    assert settings.is_production
    assert settings.credential == ManagedIdentity(GUID)
    assert settings.operator_key is None
    assert (settings.settling, settings.period) == (timedelta(minutes=2), timedelta(hours=1))
    assert (settings.exchange_url, settings.login_url) == (
        "https://outlook.office365.com",
        "https://login.microsoftonline.com",
    )
    assert settings.graph_url == "https://graph.microsoft.com"
    assert settings.exchange_calls == 64
    assert settings.storage == IdentityStorage(
        "https://example.queue.core.windows.net", "https://example.table.core.windows.net", None
    )


def test_a_trial() -> None:
    settings = from_environment({**TRIAL, "KEEPER_SETTLING_SECONDS": "0", "KEEPER_RECHECK_SECONDS": " 4 "})
    assert not settings.is_production
    assert settings.credential == ClientSecret(Secret("canary-password"))
    assert settings.operator_key == Secret("canary-operator")
    assert settings.storage == ConnectionString(Secret("UseDevelopmentStorage=true"))
    assert (settings.settling, settings.period) == (timedelta(0), timedelta(seconds=4))
    assert settings.regions == "regions.json"
    assert [key.key_id for key in settings.webhook_keys] == ["one"]


def test_nobody_operates_by_a_token_before_a_directory_is_named() -> None:
    assert from_environment(PRODUCTION).operator_tenants == frozenset()
    named = f"{GUID}, {str(UUID(int=7)).upper()}"
    assert from_environment({**PRODUCTION, "KEEPER_OPERATOR_TENANTS": named}).operator_tenants == {
        UUID(GUID),
        UUID(int=7),
    }


def test_operators_tokens_are_for_the_application_unless_something_else_is_said() -> None:
    assert from_environment({**PRODUCTION, "KEEPER_CLIENT_ID": GUID.upper()}).operator_audiences == (
        GUID,
        f"api://{GUID}",
    )
    chosen = from_environment({**PRODUCTION, "KEEPER_OPERATOR_AUDIENCE": "api://keeper.test"})
    assert chosen.operator_audiences == ("api://keeper.test",)


@pytest.mark.parametrize(
    ("chosen", "given", "expected"),
    [
        ("", "", ""),
        ("", "keeper.azurewebsites.net", "https://keeper.azurewebsites.net"),
        ("https://keeper.test/", "keeper.azurewebsites.net", "https://keeper.test"),
        ("http://127.0.0.1:7071/", "", "http://127.0.0.1:7071"),
        ("http://[::1]:7071", "", "http://[::1]:7071"),
        ("", "localhost:7071", ""),
        ("", "127.0.0.1:7071", ""),
        ("", "no host", ""),
        ("", "keeper.test/path", ""),
    ],
)
def test_where_browsers_reach_the_api(chosen: str, given: str, expected: str) -> None:
    settings = from_environment({**PRODUCTION, "KEEPER_PUBLIC_URL": chosen, "WEBSITE_HOSTNAME": given})
    assert settings.public_url == expected


@pytest.mark.parametrize(
    ("settling", "draining", "expected"),
    [("", "", 1800), ("5", "", 75), ("0", "", 0), ("5", "0", 0), ("", "60", 60), ("9999999", "", 149_999_985)],
)
def test_mail_drains_for_fifteen_times_as_long_as_reads_lag(settling: str, draining: str, expected: int) -> None:
    environment = {"KEEPER_SETTLING_SECONDS": settling, "KEEPER_DRAINING_SECONDS": draining}
    assert from_environment({**PRODUCTION, **environment}).draining == timedelta(seconds=expected)


@pytest.mark.parametrize(("days", "expected"), [("", 400), ("30", 30), ("99999", 99_999)])
def test_how_long_history_is_kept(days: str, expected: int) -> None:
    kept = from_environment({**PRODUCTION, "KEEPER_TIMELINE_DAYS": days}).timeline
    assert kept == timedelta(days=expected)
    assert datetime(2026, 5, 4, tzinfo=UTC) - kept


def test_the_example_for_developers_is_complete() -> None:
    values = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    assert not from_environment(values).is_production


def test_no_secret_is_shown() -> None:
    shown = repr(from_environment({**TRIAL, "KEEPER_STORAGE": CONNECTION}))
    assert "canary" not in shown
    assert "Y2FuYXJ5" not in shown
    assert repr(b"k" * 32) not in shown


def test_an_empty_environment_is_told_everything_that_it_lacks() -> None:
    assert problems({}) == {
        "KEEPER_CLIENT_ID": "is missing",
        "KEEPER_FEDERATED_IDENTITY": f"is missing; one of {', '.join(CREDENTIALS)} is expected",
        "KEEPER_WEBHOOK_KEYS": "is missing",
        "KEEPER_REGIONS": "is missing",
        "KEEPER_STORAGE": "is missing, and so are the two service URIs that could stand for it",
    }
    assert problems(dict.fromkeys((row.name for row in SETTINGS), "  ")) == problems({})


def test_a_certificate_may_be_text_or_a_file(tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("keeper.test")
    path = tmp_path / "keeper.pem"
    path.write_bytes(issued.private_key_and_cert_chain_pem.bytes())
    by_file = with_credential(KEEPER_CERTIFICATE=str(path)).credential
    assert isinstance(by_file, Certificate)
    assert by_file == with_credential(KEEPER_CERTIFICATE=path.read_text()).credential


WRONG = [
    ("KEEPER_CERTIFICATE", "canary.pem", "neither PEM, PKCS #12 nor a file"),
    ("KEEPER_CERTIFICATE", "-----BEGIN canary", "unencrypted private key"),
    ("KEEPER_CERTIFICATE", "@Microsoft.KeyVault(SecretUri=https://canary)", "Key Vault"),
    ("KEEPER_CLIENT_SECRET", "canary", "refused"),
    ("KEEPER_OPERATOR_KEY", "canary", "refused"),
    ("KEEPER_FEDERATED_IDENTITY", "canary", "GUID"),
    ("KEEPER_CLIENT_ID", "canary", "GUID"),
    ("KEEPER_LOGIN_URL", "http://localhost:9443", "https"),
    ("KEEPER_LOGIN_URL", "https://login.test/canary", "https"),
    ("KEEPER_LOGIN_URL", "https://localhost@canary.test", "https"),
    ("KEEPER_LOGIN_URL", "https://localhost\\.canary.test", "https"),
    ("KEEPER_LOGIN_URL", "https://", "https"),
    ("KEEPER_EXCHANGE_URL", "canary", "https"),
    ("KEEPER_GRAPH_URL", "https://canary.test?x=1", "https"),
    ("KEEPER_WEBHOOK_KEYS", '[{"id":"one","secret":"whsec_canary"}]', "key 1: secret"),
    ("KEEPER_WEBHOOK_KEYS", "@Microsoft.KeyVault(canary)", "Key Vault"),
    ("KEEPER_REGIONS", "http://canary.test/regions.json", "https"),
    ("KEEPER_REGIONS", "file:///canary", "https"),
    ("KEEPER_SETTLING_SECONDS", "-1", "at least 0"),
    ("KEEPER_SETTLING_SECONDS", "1.5", "at least 0"),
    ("KEEPER_SETTLING_SECONDS", "٣", "at least 0"),
    ("KEEPER_RECHECK_SECONDS", "0", "at least 1"),
    ("KEEPER_RECHECK_SECONDS", "canary", "at least 1"),
    ("KEEPER_RECHECK_SECONDS", "9" * 5_000, "at least 1"),
    ("KEEPER_DRAINING_SECONDS", "-1", "at least 0"),
    ("KEEPER_DRAINING_SECONDS", "canary", "at least 0"),
    ("KEEPER_TIMELINE_DAYS", "29", "from 30"),
    ("KEEPER_TIMELINE_DAYS", "100000", "to 99999"),
    ("KEEPER_TIMELINE_DAYS", "canary", "whole days"),
    ("KEEPER_EXCHANGE_CALLS", "0", "from 1"),
    ("KEEPER_EXCHANGE_CALLS", "1000", "from 1"),
    ("KEEPER_EXCHANGE_CALLS", "canary", "whole number"),
    ("KEEPER_OPERATOR_TENANTS", "canary", "GUIDs"),
    ("KEEPER_OPERATOR_TENANTS", f"{GUID},", "GUIDs"),
    ("KEEPER_OPERATOR_TENANTS", f"{GUID} {GUID}", "GUIDs"),
    ("KEEPER_OPERATOR_TENANTS", f"{GUID},{UUID(int=0)}", "GUIDs"),
    ("KEEPER_OPERATOR_TENANTS", "9188040d-6c67-4c5b-b112-36a304b66dad", "GUIDs"),
    ("KEEPER_OPERATOR_AUDIENCE", "canary canary", "application ID URI"),
    ("KEEPER_OPERATOR_AUDIENCE", "c" * 257, "application ID URI"),
    ("KEEPER_PUBLIC_URL", "canary", "https"),
    ("KEEPER_PUBLIC_URL", "http://canary.test", "loopback"),
    ("KEEPER_PUBLIC_URL", "http://localhost.canary.test", "loopback"),
    ("KEEPER_PUBLIC_URL", "https://canary.test/path", "https"),
    ("KEEPER_PUBLIC_URL", "https://canary.test?x", "https"),
    ("KEEPER_PUBLIC_URL", "https://user@canary.test", "https"),
    ("KEEPER_PUBLIC_URL", "ftp://localhost", "https"),
    ("KEEPER_STORAGE", "UseDevelopmentStorage=true", "leave one of the two out"),
    ("KEEPER_STORAGE", "canary", "connection string"),
    ("KEEPER_STORAGE__queueServiceUri", "", "missing beside"),
    ("KEEPER_STORAGE__tableServiceUri", "http://canary.test", "https"),
    ("KEEPER_STORAGE__clientId", "canary", "GUID"),
]


@pytest.mark.parametrize(("name", "value", "problem"), WRONG)
def test_what_is_wrong_is_named_without_its_value(name: str, value: str, problem: str) -> None:
    environment = {**PRODUCTION, name: value}
    if name in CREDENTIALS:
        environment = {k: v for k, v in environment.items() if k == name or k not in CREDENTIALS}
    found = problems(environment)
    assert list(found) == [name]
    assert problem in found[name]


def test_exactly_one_credential() -> None:
    found = problems({**TRIAL, "KEEPER_FEDERATED_IDENTITY": GUID})
    assert found == {
        "KEEPER_FEDERATED_IDENTITY": "exactly one credential is expected, and "
        "KEEPER_FEDERATED_IDENTITY, KEEPER_CLIENT_SECRET are set"
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://localhost", True),
        ("https://LOCALHOST:1/", True),
        ("https://127.3.2.1", True),
        ("https://[::1]:9443", True),
        ("https://localhost.example.com", False),
        ("https://localhost@example.com", False),
        ("https://10.0.0.1", False),
        ("https://0.0.0.0", False),
        ("https://login.microsoftonline.com", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:  # noqa: FBT001 - a table of examples
    assert is_loopback(url) is expected


NAMES = st.sampled_from([row.name for row in SETTINGS])


@given(st.dictionaries(NAMES, st.text(max_size=40) | st.sampled_from([*PRODUCTION.values(), *TRIAL.values()])))
def test_any_environment_ends_in_settings_or_in_problems(environment: dict[str, str]) -> None:
    for whole in (environment, PRODUCTION | environment, TRIAL | environment):
        try:
            settings = from_environment(whole)
        except InvalidSettings:
            continue
        assert settings.login_url.startswith("https://")
        assert not (settings.is_production and (settings.operator_key or isinstance(settings.credential, ClientSecret)))
        assert settings.public_url.startswith("https://") or is_loopback(settings.public_url) or not settings.public_url
        assert all(settings.operator_audiences)


def test_the_page_is_what_the_table_says() -> None:
    assert (ROOT / "docs" / "reference" / "settings.md").read_text() == settings_page.page()


def test_every_setting_that_is_named_anywhere_is_in_the_table() -> None:
    files = [ROOT / name for name in ("local.settings.example.json", "README.md", "Makefile")]
    for folder in ("functions", "shared", "local/demo", "tests/loop"):
        files += (ROOT / folder).rglob("*.py")
    named = {name for path in files for name in re.findall(r"KEEPER_[A-Za-z_]*[A-Za-z]", path.read_text())}
    assert {"KEEPER_STORAGE", "KEEPER_RECHECK_SCHEDULE"} <= named
    # Where the command line finds the product is a setting of its own: docs/reference/cli.md.
    assert named - {"KEEPER_URL"} <= {row.name for row in SETTINGS}


def test_every_setting_in_the_table_is_read_by_somebody() -> None:
    class Watched(dict[str, str]):
        asked: set[str]

        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            self.asked.add(key)
            return super().get(key, default)

    watched = Watched(TRIAL)
    watched.asked = set()
    from_environment(watched)
    assert watched.asked == {row.name for row in SETTINGS if row.need not in (Need.PLATFORM, Need.LIBRARY)}
    assert len({row.name for row in SETTINGS}) == len(SETTINGS)
