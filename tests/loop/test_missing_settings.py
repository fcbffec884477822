"""A setting that is missing is named in a clear line at first use, and hides no function."""

from pathlib import Path

import pytest
import requests

from local.azurite import Azurite
from local.demo.processes import host


@pytest.mark.loop
@pytest.mark.xdist_group("kill")
def test_every_missing_setting_is_named_in_a_line_of_its_own_at_first_use(azurite: Azurite, tmp_path: Path) -> None:
    storage = {"KEEPER_STORAGE": azurite.connection_string, "AzureWebJobsStorage": azurite.connection_string}
    settings = {**storage, "KEEPER_RECHECK_SCHEDULE": "0 0 0 1 1 *", "KEEPER_REGIONS": "regions.example.json"}
    log = tmp_path / "host.log"
    with host(log, settings) as running:
        assert "functions=15" in running.ready
        for path in ("/api/health", "/api/tenants"):
            answer = requests.get(running.url + path, timeout=10)
            assert (answer.status_code, answer.json()["code"]) == (503, "invalid_settings")
            assert answer.headers["content-type"].startswith("application/problem+json")
            lines = answer.json()["detail"].splitlines()
            for name in ("KEEPER_CLIENT_ID", "KEEPER_WEBHOOK_KEYS", "KEEPER_FEDERATED_IDENTITY"):
                assert [line for line in lines if line.startswith(f"{name}: is missing")]
    assert log.read_text().count("KEEPER_CLIENT_ID: is missing") == 2
    assert "Traceback" not in log.read_text()
