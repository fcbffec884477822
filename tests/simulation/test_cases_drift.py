"""What others do to a tenant, and what the product makes of it: cases P05 to P09, and P13."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from shared.domain.regions import Region
from shared.domain.tenants import FailPolicy, Stage, Verdict
from tests.application.life import POLICY, SIGNUP
from tests.fakes import CANARY, SKIP_IPS, TENANT_ID
from tests.simulation.damage import DAMAGES, FROM, LOOP_CHECK, REDIRECT, TO, Act
from tests.simulation.faults import Fault, applies
from tests.simulation.judge import strangers
from tests.simulation.parts import at, begin
from tests.simulation.settling import settled
from tests.simulation.sim import Setting, Sim
from tests.simulation.written import SEEDS, asked, mark, name_of, spoken, writes

_MORE = (*SKIP_IPS, "198.51.100.128/25")
_OF_OURS = [act for act in DAMAGES if not act[0].startswith("New-") and act[0] != "Set-ArcConfig"]


def found_by_the_timer(sim: Sim) -> int:
    """Let the timer find what is wrong; gives where the product's work began."""
    start = mark(sim)
    sim.clock.advance(hours=2)
    sim.tick()
    sim.run()
    return start


def test_p05_nothing_foreign_is_ever_touched_in_a_whole_life() -> None:
    for seed in SEEDS:
        dice = Random(seed)
        sim = Sim(seed, Setting(rules=8), begin("active", 8))
        before = strangers(sim.scene.state())
        for _ in range(20):
            sim.administrator(dice.choice(_OF_OURS))
            # Half a day apart: nobody takes that for a fight.
            sim.clock.advance(hours=11)
            found_by_the_timer(sim)
        for spec in (
            replace(POLICY.spec, version="documentation-2", skip_ips=dict.fromkeys(Region, _MORE)),
            POLICY.spec,
        ):
            sim.app.policy = replace(POLICY, spec=spec)
            sim.clock.advance(hours=24)
            found_by_the_timer(sim)
            inbound = next(row for row in sim.scene.state()["inbound_connectors"] if row["Name"] == FROM)
            assert inbound["EFSkipIPs"] == list(spec.skip_ips[Region.EU]), seed
        sim.sign_up("msg_2", replace(SIGNUP, region=Region.US))
        sim.run()
        sim.ask("offboard")
        sim.run()
        assert settled(sim, person=True) == [], seed
        assert sim.tenant().stage is Stage.OFFBOARDED
        assert strangers(sim.scene.state()) == before, seed
        theirs = {
            str(row["Name"])
            for kind in ("inbound_connectors", "outbound_connectors", "transport_rules")
            for row in sim.scene.state()[kind]
        }
        assert not theirs & {spoken(entry)[1] for entry in writes(sim)}, seed


LOST: dict[str, Act] = {
    "deleted": ("Remove-TransportRule", {"Identity": LOOP_CHECK}),
    "disabled": ("Disable-TransportRule", {"Identity": LOOP_CHECK}),
    "below": ("Set-TransportRule", {"Identity": REDIRECT, "Priority": 0}),
}


@pytest.mark.parametrize("policy", FailPolicy)
@pytest.mark.parametrize("how", LOST)
def test_p06_a_lost_loop_check_puts_redirect_off_first_unless_the_customer_wants_otherwise(
    how: str, policy: FailPolicy
) -> None:
    for seed in SEEDS:
        sim = Sim(seed, begin=begin("active"))
        record = sim.raw.tenants.get(TENANT_ID)
        sim.raw.tenants.put(record, replace(record.tenant, fail_policy=policy))
        sim.administrator(LOST[how])
        start = found_by_the_timer(sim)
        done = [(entry["cmdlet"], name_of(sim, spoken(entry)[1])) for entry in writes(sim, start)]
        off = ("Disable-TransportRule", REDIRECT)
        if policy is FailPolicy.OPEN:
            assert done[0] == off, seed
            assert done[-1] == ("Enable-TransportRule", REDIRECT), seed
        else:
            assert off not in done, seed
        assert settled(sim) == [], seed
        told = [event for event in sim.raw.history.page(TENANT_ID, None, 1000)[0] if "Loop Check" in event.subject]
        assert told, seed


FIELDS: dict[str, Act] = {
    "outbound-off": ("", {"Identity": TO, "Enabled": False}),
    "smart-hosts": ("Set-OutboundConnector", {"Identity": TO, "SmartHosts": ["evil.example"]}),
    "mx-record": ("", {"Identity": TO, "UseMXRecord": True}),
    "unscoped": ("", {"Identity": TO, "IsTransportRuleScoped": False}),
    "tls-settings": ("Set-OutboundConnector", {"Identity": TO, "TlsSettings": "EncryptionOnly"}),
    "tls-domain": ("Set-OutboundConnector", {"Identity": TO, "TlsDomain": "*.evil.example"}),
    "test-mode": ("Set-OutboundConnector", {"Identity": TO, "TestMode": True}),
    "inbound-off": ("Set-InboundConnector", {"Identity": FROM, "Enabled": False}),
    "certificate": ("Set-InboundConnector", {"Identity": FROM, "TlsSenderCertificateName": "*.evil.example"}),
    "require-tls": ("Set-InboundConnector", {"Identity": FROM, "RequireTls": False}),
    "skip-one-less": ("Set-InboundConnector", {"Identity": FROM, "EFSkipIPs": ["203.0.113.0/24"]}),
    "skip-one-more": (
        "Set-InboundConnector",
        {"Identity": FROM, "EFSkipIPs": ["203.0.113.0/24", "2001:db8:e::/48", "198.51.100.0/24"]},
    ),
    "skip-last": ("Set-InboundConnector", {"Identity": FROM, "EFSkipLastIP": True}),
    "some-users": ("Set-InboundConnector", {"Identity": FROM, "EFUsers": ["jane@contoso.onmicrosoft.com"]}),
    "cloud-services": ("Set-InboundConnector", {"Identity": FROM, "CloudServicesMailEnabled": True}),
    "redirect-off": ("Disable-TransportRule", {"Identity": REDIRECT}),
    "another-connector": (
        "Set-TransportRule",
        {"Identity": REDIRECT, "RouteMessageOutboundConnector": "Signature Gateway - Outbound"},
    ),
    "second-word": ("Set-TransportRule", {"Identity": LOOP_CHECK, "HeaderContainsWords": [CANARY, "another"]}),
    "keeps-header": ("Set-TransportRule", {"Identity": LOOP_CHECK, "RemoveHeader": "X-Other"}),
    "sealer": ("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": ["arc.contoso.example"]}),
}
_SWITCHES = ("Enable-TransportRule", "Disable-TransportRule")
_TOGETHER = {"HeaderContainsMessageHeader", "HeaderContainsWords"}


@pytest.mark.parametrize("field", FIELDS)
def test_p07_single_field_drift(field: str) -> None:
    """Found and named, and mended by one call that carries what differs and nothing else."""
    cmdlet, parameters = FIELDS[field]
    (changed,) = parameters.keys() - {"Identity"} or {"State"}
    for seed in SEEDS:
        sim = Sim(seed, begin=begin("active"))
        if cmdlet:
            sim.administrator(FIELDS[field])
            assert sim.scene.directory.history[-1]["status"] == 200
        else:
            # No cmdlet does this to a connector that a rule uses; however it came about, it is found.
            (row,) = [row for row in sim.scene.directory.outbound if row["Name"] == TO]
            row.update({changed: parameters[changed]})
        start = found_by_the_timer(sim)
        told = " ".join(f"{event.subject} {event.after}" for event in sim.raw.history.page(TENANT_ID, None, 1000)[0])
        assert CANARY not in told
        done = writes(sim, start)
        mending = [entry for entry in done if name_of(sim, spoken(entry)[1]) == parameters["Identity"]]
        if changed != "State":
            mending = [entry for entry in mending if entry["cmdlet"] not in _SWITCHES]
            assert changed in told or changed == "Enabled", told
        (mended,) = mending
        sent = mended["parameters"].keys() - {"Identity"}
        assert sent == ({changed} - {"State"} if changed not in _TOGETHER else _TOGETHER), seed
        others = [spoken(entry) for entry in done if entry is not mended]
        assert {name for name, _ in others} <= set(_SWITCHES), seed
        assert settled(sim) == [], seed


def shown_otherwise(sim: Sim, dice: Random) -> None:
    """Show the same in another order, and names in another case."""
    directory = sim.scene.directory
    for rows in (directory.inbound, directory.outbound):
        dice.shuffle(rows)
    for row in (*directory.inbound, *directory.outbound):
        dice.shuffle(row.get("EFSkipIPs", []))
        for name in ("SmartHosts", "TlsDomain", "TlsSenderCertificateName"):
            if name in row:
                row[name] = _in_any_case(row[name], dice)


def _in_any_case(value: object, dice: Random) -> object:
    if isinstance(value, list):
        return [_in_any_case(word, dice) for word in value]
    return "".join(dice.choice((str.upper, str.lower))(c) for c in value) if isinstance(value, str) else value


def test_p08_a_healthy_tenant_is_read_the_same_every_time_and_never_written_to() -> None:
    for seed in SEEDS:
        dice = Random(seed)
        sim = Sim(seed, begin=begin("active"))
        counts, moments = Counter[int](), set()
        for _ in range(50):
            shown_otherwise(sim, dice)
            before, start = sim.scene.state(), len(asked(sim))
            sim.later()
            sim.run()
            counts[len(asked(sim)) - start] += 1
            moments.add(sim.tenant().checked_at)
            assert sim.tenant().verdict is Verdict.HEALTHY, seed
            assert sim.scene.state() == before
        assert (len(counts), len(moments)) == (1, 50), seed
        assert writes(sim) == []


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST])
def test_p09_an_off_boarding_takes_everything_of_ours_and_nothing_else(fault: Fault) -> None:
    fresh = Sim().scene.state()
    plain = at("offboard", 0, Setting())
    plain.run()
    for number, call in enumerate(plain.trace, 1):
        if not applies(fault, *call):
            continue
        sim = at("offboard", number, Setting(faults={number: fault}))
        start = mark(sim)
        sim.run()
        assert settled(sim) == [], number
        assert sim.tenant().stage is Stage.OFFBOARDED
        assert sim.scene.state() == fresh
        order = [entry["cmdlet"].split("-")[0] for entry in writes(sim, start) if entry["committed"]]
        assert sorted(order[:2]) == ["Disable", "Disable"], number
        proof = sim.raw.proofs.get(TENANT_ID)
        assert proof is not None
        assert len(proof.before) == 4
        done = writes(sim)
        sim.ask("offboard")
        sim.run()
        assert writes(sim) == done


def test_p13_who_undoes_a_repair_three_times_is_not_fought_and_the_rest_is_still_repaired() -> None:
    for seed in SEEDS:
        dice = Random(seed)
        sim = Sim(seed, begin=begin("active"))
        start = mark(sim)
        for _ in range(5):
            sim.administrator(("Set-InboundConnector", {"Identity": FROM, "RequireTls": False}))
            sim.later(1 + dice.random())
            sim.run(sim.clock.now + timedelta(minutes=30))
        mending = [entry for entry in writes(sim, start) if "RequireTls" in entry["parameters"]]
        assert len(mending) == 2, seed
        assert sim.tenant().verdict is Verdict.CONTESTED, seed
        assert "RequireTls" in sim.tenant().reason
        sim.administrator(("Set-OutboundConnector", {"Identity": TO, "TlsSettings": "EncryptionOnly"}))
        sim.later()
        sim.run()
        outbound = next(row for row in sim.scene.state()["outbound_connectors"] if row["Name"] == TO)
        assert outbound["TlsSettings"] == "DomainValidation", seed
        assert settled(sim, person=True) == [], seed
