"""Provisioning, activation and what comes between: cases P01 to P04, each with twenty seeds or more."""

from collections import Counter
from itertools import pairwise

import pytest

from local.demo.items import rules_are_in_order
from local.twin.positions import Replicas
from local.twin.wire import Delivery as Way
from shared.domain.tenants import Stage, Verdict
from tests.simulation.damage import LOOP_CHECK, REDIRECT
from tests.simulation.faults import Fault
from tests.simulation.parts import at, begin
from tests.simulation.settling import settled
from tests.simulation.sim import Setting, Sim
from tests.simulation.written import SEEDS, asked, mark, name_of, spoken, writes

LOST: list[dict[str, object]] = [
    {"status": 500, "applied": True},
    {"status": 502, "applied": True},
    {"status": 503, "applied": True},
    {"status": 504, "applied": True},
    {"delivery": Way.RESET, "applied": True},
    {"delivery": Way.DRIP, "applied": True},
]


def test_p01_a_fresh_tenant_is_staged_with_its_rules_born_off_below_everything_else() -> None:
    for seed in SEEDS:
        sim = Sim(seed, Setting(rules=8 if seed % 5 else 40))
        sim.sign_up()
        sim.run()
        assert (sim.tenant().stage, sim.tenant().verdict) == (Stage.STAGED, Verdict.HEALTHY), seed
        made = [entry["parameters"] for entry in writes(sim) if entry["cmdlet"] == "New-TransportRule"]
        assert [rule["Enabled"] for rule in made] == [False, False]
        assert not [entry for entry in writes(sim) if entry["cmdlet"].startswith(("Enable-", "Disable-"))]
        assert rules_are_in_order(sim.scene.state())
        assert settled(sim) == [], seed
        assert sim.scene.is_untouched()


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_p02_an_activation_that_dies_anywhere_enables_loop_check_before_redirect(fault: Fault) -> None:
    plain = at("activate", 0, Setting())
    plain.run()
    assert len(plain.trace) > 20
    for number in range(1, len(plain.trace) + 1):
        sim = at("activate", number, Setting(faults={number: fault}))
        start = mark(sim)
        sim.run()
        switched = [name_of(sim, spoken(entry)[1]) for entry in writes(sim, start) if entry["committed"]]
        assert list(dict.fromkeys(switched)) == [LOOP_CHECK, REDIRECT], number
        assert settled(sim) == [], number
        assert sim.tenant().stage is Stage.ACTIVE


@pytest.mark.parametrize("answer", LOST, ids=lambda answer: str(answer.get("status") or answer.get("delivery")))
@pytest.mark.parametrize("part", ["provision", "activate", "repair"])
def test_p03_after_a_write_without_an_answer_the_product_reads_first(part: str, answer: dict[str, object]) -> None:
    plain = at(part, 0, Setting())
    start = mark(plain)
    plain.run()
    needed = [entry["cmdlet"] for entry in writes(plain, start)]
    for number in [count for count, call in enumerate(plain.trace, 1) if call == ("exchange", "apply")]:
        sim = at(part, number, Setting(faults={number: Fault.LOST}))
        sim.answers[Fault.LOST] = answer
        sim.run()
        told = asked(sim, start)
        (lost,) = (place for place, entry in enumerate(told) if (entry["status"], entry["delivery"]) != (200, "whole"))
        assert told[lost]["committed"], number
        assert told[lost + 1]["cmdlet"].startswith("Get-"), number
        assert settled(sim) == [], number
        assert [entry["cmdlet"] for entry in writes(sim, start)] == needed, number


def test_p04_reads_that_lag_and_disagree_make_no_duplicates_and_no_flapping() -> None:
    for seed in SEEDS:
        sim = Sim(seed)
        sim.scene.directory.switches.replicas = Replicas.LAGGING
        sim.scene.directory.reads = seed
        begun = sim.clock.now
        sim.sign_up()
        sim.run()
        sim.ask("activate")
        sim.run()
        assert (sim.tenant().stage, sim.tenant().verdict) == (Stage.ACTIVE, Verdict.HEALTHY), seed
        assert (sim.clock.now - begun).total_seconds() < 2 * 600, seed
        same = Counter(f"{spoken(entry)} {entry['parameters']}" for entry in writes(sim))
        assert max(same.values()) == 1, (seed, same)
        assert sim.raw.journal.broken == {}, seed  # type: ignore[attr-defined]
        assert settled(sim) == [], seed


def test_p04_a_stale_read_after_any_write_changes_nothing_about_the_end() -> None:
    plain = at("repair", 0, Setting())
    plain.run()
    reads = [number for number, call in enumerate(plain.trace, 1) if call == ("exchange", "observe")]
    pairs = list(pairwise([*reads, reads[-1] + 3]))
    for seed in SEEDS:
        sim = at("repair", seed, Setting(faults=dict.fromkeys(pairs[seed % len(pairs)], Fault.STALE)))
        sim.run()
        assert settled(sim) == [], seed


def test_every_beginning_is_a_healthy_tenant() -> None:
    for name in ("staged", "active"):
        sim = Sim(begin=begin(name))
        assert sim.tenant().stage == name
        assert settled(sim) == []
