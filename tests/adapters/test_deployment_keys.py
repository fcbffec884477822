"""The deployment's own random keys: made once, the same for every worker, never shown."""

import logging
import re

import pytest

from shared.adapters.deployment_keys import Keys
from shared.adapters.storage_account import StorageAccount
from shared.application import stores
from shared.domain.errors import NeedsHuman, Unavailable
from tests.adapters.storage import account_away, at_once
from tests.fakes import CANARY


@pytest.fixture(params=[pytest.param("table", marks=pytest.mark.host)])
def keys(request: pytest.FixtureRequest) -> stores.Keys:
    return Keys(request.getfixturevalue("account"))


def test_a_key_is_64_hexadecimal_digits_and_another_for_each_name(keys: stores.Keys) -> None:
    state, other = keys.get("state"), keys.get("other")
    assert re.fullmatch("[0-9a-f]{64}", state.reveal)
    assert state != other
    assert keys.get("state") == state


@pytest.mark.host
def test_every_worker_reads_what_the_first_one_made(account: StorageAccount) -> None:
    assert Keys(account).get("state") == Keys(account).get("state")


@pytest.mark.host
def test_workers_that_make_a_key_at_once_have_the_same(account: StorageAccount) -> None:
    assert len(set(at_once(lambda _: Keys(account).get("state").reveal))) == 1


@pytest.mark.host
def test_a_key_is_read_once(account: StorageAccount) -> None:
    keys = Keys(account)
    key = keys.get("state")
    account.table("keys").delete_table()
    assert keys.get("state") == key


@pytest.mark.host
@pytest.mark.parametrize("stored", [CANARY, "", 3, "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_key_is_for_a_person_and_shows_in_no_error(account: StorageAccount, stored: object) -> None:
    Keys(account).get("state")
    account.table("keys").update_entity({"PartitionKey": "deployment", "RowKey": "state", "key": stored})
    with pytest.raises(NeedsHuman, match="'state'") as caught:
        Keys(account).get("state")
    assert CANARY not in str(caught.value)


@pytest.mark.host
def test_a_key_shows_in_no_log(account: StorageAccount, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        key = Keys(account).get("state")
    assert caplog.records
    assert key.reveal not in caplog.text
    assert key.reveal not in repr([vars(record) for record in caplog.records])
    assert key.reveal not in repr(key)


def test_an_account_that_is_away_is_unavailable_and_asked_again() -> None:
    with account_away() as away:
        keys = Keys(away)
        for _ in range(2):
            with pytest.raises(Unavailable):
                keys.get("state")
