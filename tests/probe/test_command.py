"""The program says plainly what it lacks, and needs no more than the product's own settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.probe.command import main, settings_of, source
from shared.domain.errors import InvalidSettings
from tests.fakes import TENANT_ID

ROOT = Path(__file__).resolve().parents[2]
TRIAL = {
    "KEEPER_LOGIN_URL": "https://127.0.0.1:8443",
    "KEEPER_EXCHANGE_URL": "https://127.0.0.1:8443",
    "KEEPER_GRAPH_URL": "https://127.0.0.1:8443",
    "KEEPER_CLIENT_ID": "11111111-2222-4333-8444-555555555555",
    "KEEPER_CLIENT_SECRET": "any",
}
MICROSOFT = {"KEEPER_CLIENT_ID": TRIAL["KEEPER_CLIENT_ID"], "KEEPER_FEDERATED_IDENTITY": TRIAL["KEEPER_CLIENT_ID"]}


def test_only_an_id_and_a_credential_are_needed() -> None:
    assert settings_of(MICROSOFT).exchange_url == "https://outlook.office365.com"
    with pytest.raises(InvalidSettings) as caught:
        settings_of({})
    names = {line.partition(":")[0] for line in str(caught.value).splitlines()}
    assert names == {"KEEPER_CLIENT_ID", "KEEPER_FEDERATED_IDENTITY"}


def test_the_answers_say_whose_exchange_was_asked() -> None:
    assert source(settings_of(MICROSOFT)) == "Exchange Online, commercial and GCC"
    assert "no evidence" in source(settings_of(TRIAL))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "tenant"),
        (["contoso.onmicrosoft.com"], "must be a GUID"),
        ([str(TENANT_ID), "--yes"], "unrecognized arguments: --yes"),
        ([str(TENANT_ID), "--folder", str(ROOT)], "must be new or empty"),
        ([str(TENANT_ID)], "KEEPER_CLIENT_ID: is missing"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("KEEPER_")]:
        monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_make_probe_without_a_tenant_fails_with_a_sentence() -> None:
    made = subprocess.run(
        ["make", "--no-print-directory", "probe", f"PYTHON={sys.executable}"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "TENANT"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode != 0
    assert "make probe TENANT=" in made.stderr


def test_importing_the_probe_reads_nothing_and_asks_nothing() -> None:
    code = "import local.probe.command, sys; sys.exit('msal.application' in sys.modules and 0)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, check=True, timeout=60)
