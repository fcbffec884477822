"""Whether a provision may begin: what stands in its way comes first, and each by its stable name."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.findings import Finding, Weight
from shared.domain.observation import Complete, Observation, Reading, Unread
from shared.domain.preflight import CMDLETS, preflight, worst
from shared.domain.resources import Kind
from shared.domain.survey import Survey, accepts
from shared.domain.tenants import Stage, Tenant, Verdict
from shared.domain.values import Row
from tests.domain.world import (
    CANARY,
    FROM,
    LOOP,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    edited,
    fresh,
    healthy,
    modest,
    rows,
    tenant_of,
    unread,
)

NEW = tenant_of(Stage.AWAITING_CONSENT)
DOMAINS = Complete(({"DomainName": "contoso.example"}, {"DomainName": "Contoso.onmicrosoft.com"}))
ALLOWED = frozenset(map(str.casefold, CMDLETS))
STRANGE: Mapping[str, dict[str, object]] = {
    FROM: {"TlsSenderCertificateName": "*.evil.example"},
    TO: {"SmartHosts": ["evil.example"]},
    LOOP: {"HeaderContainsMessageHeader": "X-Other"},
    REDIRECT: {"RouteMessageOutboundConnector": "Foreign Fax"},
}


def findings(
    world: Observation,
    tenant: Tenant = NEW,
    domains: Reading = DOMAINS,
    cmdlets: frozenset[str] | None = ALLOWED,
    owned: Mapping[str, UUID] | None = None,
) -> tuple[Finding, ...]:
    table = desired_state(tenant, SPEC)
    drifts = diff(table, world, {} if owned is None else owned, active=False)
    found = preflight(tenant, Survey(world, domains, cmdlets), table, drifts)
    return tuple(finding for finding in found if finding.code not in OF_CONNECTORS)


OF_CONNECTORS = {"attribution_shared_cert", "foreign_onpremises_connectors"}
"""What is always said of connectors; they have tests of their own."""


def codes(found: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in found]


def with_rules(world: Observation, count: int) -> Observation:
    """The tenant's rules, with as many more of the customer's as make them that many."""
    kept = rows(world, Kind.TRANSPORT_RULE)
    more: list[Row] = [{"Name": f"More {n}", "Priority": n, "State": "Disabled"} for n in range(len(kept), count)]
    return {**world, Kind.TRANSPORT_RULE: Complete((*kept, *more))}


def test_an_ordinary_tenant_has_nothing_in_the_way() -> None:
    (note,) = findings(fresh(NEW))
    assert (note.code, note.weight) == ("inbound_untried", Weight.NOTE)
    assert worst([note]) is None
    assert findings(healthy(NEW)) == ()


def test_a_tenant_that_does_not_have_the_domain_of_the_signup_is_somebody_elses() -> None:
    found = findings(fresh(NEW), domains=Complete(({"DomainName": "fabrikam.onmicrosoft.com"},)))
    blocker = worst(found)
    assert blocker is not None
    assert (blocker.code, blocker.verdict, found[0]) == ("foreign_domain", Verdict.NEEDS_HUMAN, blocker)
    assert "contoso.onmicrosoft.com" in blocker.sentence


def test_nothing_is_concluded_from_domains_that_were_not_read() -> None:
    assert worst(findings(fresh(NEW), domains=Unread("HTTP 500"))) is None


def test_a_domain_is_accepted_in_any_case_under_either_name_and_only_whole() -> None:
    for name in ("DomainName", "Name"):
        assert accepts(Complete(({name: "CONTOSO.onmicrosoft.com"},)), "contoso.onmicrosoft.com")
    for row in ({}, {"DomainName": None}, {"DomainName": "xcontoso.onmicrosoft.com"}, {"Name": "contoso"}):
        assert not accepts(Complete((row,)), "contoso.onmicrosoft.com")
    assert not accepts(Complete(()), "contoso.onmicrosoft.com")


@pytest.mark.parametrize("missing", sorted(CMDLETS))
def test_each_cmdlet_that_the_role_does_not_allow_is_named(missing: str) -> None:
    blocker = worst(findings(fresh(NEW), cmdlets=ALLOWED - {missing.casefold()} | {"get-mailbox"}))
    assert blocker is not None
    assert (blocker.code, blocker.verdict) == ("cmdlets_missing", Verdict.NEEDS_ROLE)
    assert blocker.sentence.endswith(f"does not allow {missing}")


def test_everything_from_the_first_read_to_the_off_boarding_is_needed() -> None:
    rule = {f"{verb}-TransportRule" for verb in ("Get", "New", "Set", "Enable", "Disable", "Remove")}
    ways = ("Get", "New", "Set", "Remove")
    connectors = {f"{verb}-{way}Connector" for verb in ways for way in ("Inbound", "Outbound")}
    assert rule | connectors | {"Get-ArcConfig", "Set-ArcConfig"} == CMDLETS


@pytest.mark.parametrize("cmdlets", [None, frozenset[str](), frozenset({"get-mailbox"})])
def test_rights_that_cannot_be_told_are_a_note_and_no_blocker(cmdlets: frozenset[str] | None) -> None:
    found = findings(healthy(NEW), cmdlets=cmdlets)
    assert [(finding.code, finding.weight) for finding in found] == [("rights_unknown", Weight.NOTE)]


@pytest.mark.parametrize("name", list(STRANGE))
def test_a_stranger_in_one_of_our_names_is_for_a_person(name: str) -> None:
    blocker = worst(findings(edited(healthy(NEW), name, **STRANGE[name])))
    assert blocker is not None
    assert (blocker.code, blocker.verdict) == ("stranger", Verdict.NEEDS_HUMAN)
    assert blocker.sentence.startswith(f"{name} is there and is not ours (")
    assert next(iter(STRANGE[name])) in blocker.sentence
    assert "stranger" not in codes(findings(edited(healthy(NEW), name, **STRANGE[name]), owned=OWNED))


def test_several_strangers_are_all_named_in_one_finding() -> None:
    world = healthy(NEW)
    for name, changes in STRANGE.items():
        world = edited(world, name, **changes)
    (finding,) = [finding for finding in findings(world) if finding.code == "stranger"]
    assert all(f"{name} is there and is not ours" in finding.sentence for name in STRANGE)


def test_a_loop_check_with_another_guid_has_a_finding_of_its_own_that_shows_neither() -> None:
    blocker = worst(findings(edited(healthy(NEW), LOOP, HeaderContainsWords=["0ddba11-guid"])))
    assert blocker is not None
    assert (blocker.code, blocker.verdict) == ("other_guid", Verdict.NEEDS_HUMAN)
    assert "loop_check_guid" in blocker.sentence
    assert CANARY not in blocker.sentence.casefold()
    assert "0ddba11" not in blocker.sentence


@pytest.mark.parametrize(
    ("world", "count", "code"),
    [
        (fresh(NEW), 288, None),
        (fresh(NEW), 289, "rules_nearly_full"),
        (fresh(NEW), 298, "rules_nearly_full"),
        (fresh(NEW), 299, "rules_full"),
        (fresh(NEW), 300, "rules_full"),
        (healthy(NEW), 290, None),
        (healthy(NEW), 291, "rules_nearly_full"),
        (healthy(NEW), 300, "rules_nearly_full"),
        (healthy(NEW), 301, "rules_nearly_full"),
    ],
    ids=range(9),
)
def test_two_rules_must_still_fit_where_they_are_not_there_yet(world: Observation, count: int, code: str) -> None:
    found = {finding.code: finding for finding in findings(with_rules(world, count)) if "full" in finding.code}
    assert list(found) == ([code] if code else [])
    if code:
        assert found[code].weight is (Weight.BLOCKER if code == "rules_full" else Weight.WARNING)
        assert f"has {count} of 300 rules" in found[code].sentence


def test_one_rule_fits_as_the_last() -> None:
    assert worst(findings(with_rules(without_redirect(), 299))) is None
    blocker = worst(findings(with_rules(without_redirect(), 300)))
    assert blocker is not None
    assert (blocker.code, "1 more do not fit" in blocker.sentence) == ("rules_full", True)


def without_redirect() -> Observation:
    kept = tuple(row for row in rows(healthy(NEW), Kind.TRANSPORT_RULE) if row["Name"] != REDIRECT)
    return {**healthy(NEW), Kind.TRANSPORT_RULE: Complete(kept)}


def test_an_organisation_without_objects_of_its_own_is_warned_of() -> None:
    world = {**healthy(NEW), Kind.ORGANIZATION_CONFIG: Complete(({"IsDehydrated": True},))}
    (finding,) = findings(world)
    assert (finding.code, finding.weight) == ("dehydrated", Weight.WARNING)
    assert "Enable-OrganizationCustomization" in finding.sentence


def test_what_microsoft_refused_is_said_in_its_own_words_instead_of_a_guess() -> None:
    refused = replace(NEW, refused={FROM: "open a support case"})
    (finding,) = findings(fresh(NEW), refused)
    assert (finding.code, finding.weight, finding.sentence) == (
        "inbound_refused",
        Weight.WARNING,
        "open a support case",
    )


@pytest.mark.parametrize(
    ("row", "shows"),
    [
        ({"Enabled": True, "ConnectorType": "OnPremises"}, True),
        ({"Enabled": True, "ConnectorType": "onpremises"}, True),
        ({"Enabled": True, "ConnectorType": "Partner"}, False),
        ({"Enabled": False, "ConnectorType": "OnPremises"}, False),
        ({"Enabled": "True", "ConnectorType": "OnPremises"}, False),
        ({"ConnectorType": "OnPremises"}, False),
        ({"Enabled": True, "ConnectorType": None}, False),
    ],
)
def test_only_a_connector_of_ones_own_servers_that_is_on_shows_that_there_may_be_one(row: Row, shows: bool) -> None:  # noqa: FBT001
    world = {**fresh(NEW), Kind.INBOUND_CONNECTOR: Complete(({"Name": "Theirs", **row},))}
    assert ("inbound_untried" in codes(findings(world))) is not shows
    assert "inbound_untried" in codes(findings(unread(world, Kind.INBOUND_CONNECTOR)))


def test_the_customers_own_rules_are_looked_at_as_well() -> None:
    rules = tuple({**row, "SetSCL": -1} for row in rows(healthy(NEW), Kind.TRANSPORT_RULE))
    assert codes(findings({**healthy(NEW), Kind.TRANSPORT_RULE: Complete(rules)})) == ["rules_skip_the_filter"]


@given(
    st.sets(st.sampled_from(sorted(STRANGE))),
    st.sampled_from([DOMAINS, Complete(()), Unread("x")]),
    st.sampled_from([None, ALLOWED, ALLOWED - {"remove-transportrule"}, frozenset[str]()]),
    st.sampled_from([8, 291, 300]),
    st.sets(st.sampled_from(Kind)),
)
@modest
def test_blockers_come_first_and_alone_carry_a_verdict_and_no_code_comes_twice(
    strange: set[str], domains: Reading, cmdlets: frozenset[str] | None, count: int, kinds: set[Kind]
) -> None:
    world = healthy(NEW)
    for name in strange:
        world = edited(world, name, **STRANGE[name])
    world = unread(with_rules(world, count), *kinds)
    found = findings(world, domains=domains, cmdlets=cmdlets)
    weights = [tuple(Weight).index(finding.weight) for finding in found]
    assert weights == sorted(weights)
    assert all((finding.verdict is not None) is (finding.weight is Weight.BLOCKER) for finding in found)
    assert len(set(codes(found))) == len(found)
    assert worst(found) == (found[0] if found and found[0].weight is Weight.BLOCKER else None)
    assert CANARY not in "".join(map(str, found)).casefold()


def test_a_finding_is_kept_with_its_weight() -> None:
    assert str(Finding("x", Weight.WARNING, "look there")) == "warning: look there"
