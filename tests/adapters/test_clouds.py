"""Each of Microsoft's clouds is one row, and the addresses of two do not mix."""

import pytest

from shared.adapters.clouds import CLOUDS, COMMERCIAL, Cloud, cloud_of
from shared.adapters.credentials import ManagedIdentity
from shared.adapters.settings import Settings, from_environment
from shared.domain.errors import InvalidSettings
from tests.adapters.test_settings import PRODUCTION


def settings_of(login: str, exchange: str, graph: str) -> Settings:
    addresses = {"KEEPER_LOGIN_URL": login, "KEEPER_EXCHANGE_URL": exchange, "KEEPER_GRAPH_URL": graph}
    others = {k: v for k, v in PRODUCTION.items() if k not in ("KEEPER_CERTIFICATE", "KEEPER_CLIENT_SECRET")}
    identity = {"KEEPER_FEDERATED_IDENTITY": "3f2b7c1e-0000-4000-8000-00000000aaaa"}
    return from_environment({**others, **identity, **addresses})


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: str(cloud.name))
def test_every_cloud_is_accepted_with_its_own_audience_for_a_managed_identity(cloud: Cloud) -> None:
    for login in cloud.logins:
        for exchange in cloud.exchanges:
            assert cloud_of(login, exchange) == cloud
            credential = settings_of(login, exchange, cloud.graph).credential
            assert isinstance(credential, ManagedIdentity)
            assert credential.audience == cloud.federation


def test_the_defaults_are_the_commercial_cloud() -> None:
    settings = from_environment(PRODUCTION)
    assert cloud_of(settings.login_url, settings.exchange_url) is COMMERCIAL
    assert settings.graph_url == COMMERCIAL.graph


@pytest.mark.parametrize("one", CLOUDS, ids=lambda cloud: str(cloud.name))
@pytest.mark.parametrize("other", CLOUDS, ids=lambda cloud: str(cloud.name))
def test_addresses_of_two_clouds_do_not_mix(one: Cloud, other: Cloud) -> None:
    if one is other:
        return
    if one.logins != other.logins:
        with pytest.raises(InvalidSettings, match="KEEPER_EXCHANGE_URL: is not of the cloud"):
            settings_of(one.logins[0], other.exchanges[0], one.graph)
    with pytest.raises(InvalidSettings, match="KEEPER_GRAPH_URL: is not of the cloud"):
        settings_of(one.logins[0], one.exchanges[0], other.graph)


@pytest.mark.parametrize("host", ["https://login.evil.example", "https://login.microsoftonline.com.evil.example"])
def test_a_login_that_is_not_microsofts_is_refused(host: str) -> None:
    with pytest.raises(InvalidSettings, match="is not of the cloud"):
        settings_of(host, COMMERCIAL.exchanges[0], COMMERCIAL.graph)
