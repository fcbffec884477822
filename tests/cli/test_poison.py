"""Parked messages."""

import json

from shared.domain.messages import Parked, Queue, encode
from shared.domain.tenants import Stage
from tests.cli.keeper import Keeper
from tests.fakes import NOW, new_message


def park(keeper: Keeper, *ids: str) -> None:
    for each in ids:
        keeper.on.world.journal.park(
            Parked(each, Queue.VERIFY, "throttled: too many", encode(new_message()).decode(), NOW)
        )


def test_they_are_listed_shown_sent_again_and_dropped(keeper: Keeper) -> None:
    keeper.on.keep(Stage.STAGED)
    park(keeper, "p1", "p2", "p3")
    rows = json.loads(keeper("poison", "ls", "-o", "json").out)["rows"]
    assert {row["id"] for row in rows} == {"p1", "p2", "p3"}
    assert "reason  throttled: too many\nbody    {" in keeper("poison", "show", "p2").out
    ran = keeper("poison", "replay", "p1", "--yes")
    assert (ran.code, "asked" in ran.out) == (0, True)
    assert [delivery.queue for delivery in keeper.api.sent.deliveries] == [Queue.VERIFY]
    assert keeper("poison", "drop", "p2", typed="y\n").code == 0
    assert [row["id"] for row in json.loads(keeper("poison", "ls", "-o", "json").out)["rows"]] == ["p3"]


def test_what_was_decided_on_before_is_refused_and_the_rest_goes_on(keeper: Keeper) -> None:
    park(keeper, "p1", "p2")
    keeper("poison", "drop", "p1", "--yes")
    ran = keeper("poison", "drop", "p1", "p0", "p2", "--yes", "-o", "json")
    assert ran.code == 1
    assert [row["code"] for row in json.loads(ran.out)["rows"]] == ["not_allowed", "unknown_parked", ""]


def test_an_id_that_would_lead_elsewhere_is_refused_before_anything_is_asked(keeper: Keeper) -> None:
    for each in ("..", "../fleet", "a/b", "x?y", ""):
        ran = keeper("poison", "drop", each, "--yes")
        assert (ran.code, ran.err.startswith("error usage")) == (1, True)
    assert keeper.asked == []
    assert keeper("poison", "show", "p9").err.startswith("error unknown_parked")
