"""A whole life over real tables and queues, with everything logged: the GUID stands in one column, and nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from functions import keeping, shell
from local.azurite import ACCOUNT_KEY, Azurite
from shared.adapters.deployment_keys import Keys
from shared.adapters.history import History
from shared.adapters.journal import Journal
from shared.adapters.proofs import Proofs
from shared.adapters.queues import Queues
from shared.adapters.tenants import Tenants
from shared.adapters.wishes import Wishes
from shared.application.commands import Order, command
from shared.domain.messages import Delivery, Queue
from shared.domain.tenants import Stage
from tests.adapters.storage import OwnAccount
from tests.fakes import TENANT_ID
from tests.functions.canaries import disguises, everything_logged, found_in, gone_astray, new_watched_site
from tests.functions.site import GUID, MemoryQueues
from tests.pump import HANDLERS


@dataclass
class KeptQueues(MemoryQueues):
    """Queues whose every message is in a real one as well, where it stays."""

    real: Queues | None = None

    def send(self, delivery: Delivery) -> None:
        super().send(delivery)
        assert self.real is not None
        self.real.send(replace(delivery, delay=delivery.delay * 0))

    def park(self, queue: Queue, text: str) -> None:
        super().park(queue, text)
        assert self.real is not None
        self.real.park(queue, text)


def cells(account: OwnAccount) -> Iterator[tuple[str, str, str]]:
    """Every cell of every table: the table, the column, what is in it."""
    service = account._services[0]
    mark = account.own("")
    for table in service.list_tables():
        if table.name.startswith(mark):
            for row in service.get_table_client(table.name).list_entities():
                yield from ((table.name.removeprefix(mark), name, str(value)) for name, value in row.items())


def messages(account: OwnAccount) -> list[str]:
    """Every message of every queue, as it lies there."""
    service, mark = account._services[1], account.own("")
    names = [queue.name for queue in service.list_queues() if str(queue.name).startswith(mark)]
    return [text.content for name in names for text in service.get_queue_client(name).peek_messages(max_messages=32)]


@pytest.mark.host
def test_p25_a_life_on_real_storage_keeps_the_guid_in_one_column(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with everything_logged() as sinks:
        account = OwnAccount.from_connection_string(azurite.connection_string)
        assert isinstance(account, OwnAccount)
        site, _ = new_watched_site(monkeypatch)
        site.queues = KeptQueues(clock=site.clock, real=Queues(account))
        site.scene.world = replace(
            site.world,
            tenants=Tenants(account),
            journal=Journal(account),
            wishes=Wishes(account),
            history=History(account),
            proofs=Proofs(account),
            keys=Keys(account),
        )
        site.start()
        sinks.said += [site.sign_up().text, site.sign_up().text, site.sign_up("msg_2", account_id="mallory").text]
        site.work()
        for name in ("activate", "offboard"):
            shell.deliver(command(Order(name, "jane"), TENANT_ID, site.world, site.policy).deliveries)
            site.work()
            site.later(hours=2)
            site.work()
        shell.work(Queue.VERIFY, b"garbage", HANDLERS[Queue.VERIFY])
        for queue, text in site.queues.parked:
            keeping.keep(queue, "id", text.encode())
    assert site.scene.record().stage is Stage.OFFBOARDED
    assert {said.split(" ", 1)[0].split(".")[0] for said in sinks.said} >= {"azure", "urllib3", "msal", "keeper"}
    assert sinks.leaks() == []
    assert not any(form in said for said in sinks.said for form in disguises(ACCOUNT_KEY))
    assert gone_astray(site.scene.seen) == []
    kept = list(cells(account))
    assert {table for table, _, _ in kept} >= {"tenants", "loopchecks", "timeline", "proofs", "parked"}
    assert [(table, column) for table, column, text in kept if found_in(text)] == [("tenants", "loop_check")]
    assert [text for _, column, text in kept if column == "loop_check"] == [GUID]
    lying = messages(account)
    assert len(lying) > 5
    assert [text for text in lying if found_in(text)] == []
