"""Each single fault is exactly one difference, graded by what it does to mail; what could not be read is none."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift, Fault
from shared.domain.observation import Complete, Observation, Unread
from shared.domain.plan import plan
from shared.domain.report import Report, item_states, judged, settled
from shared.domain.resources import Effect, Item, Kind
from shared.domain.rule_parameters import ACTIONS, CONDITIONS, EXCEPTIONS
from shared.domain.tenants import FailPolicy, Stage
from tests.domain.world import (
    ARC,
    BLANK_RULE,
    CANARY,
    FROM,
    KINDS,
    LOOP,
    NOW,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    edited,
    fresh,
    healthy,
    lacking,
    moved,
    row_of,
    rows,
    tenant_of,
    unread,
    without,
)

ACTIVE, STAGED = tenant_of(Stage.ACTIVE), tenant_of(Stage.STAGED)
OUTAGE, BYPASS, DEGRADED, COSMETIC = Effect
ALIEN = {"OWNED": {name: UUID(int=7) for name in OWNED}, "NOBODY": dict[str, UUID]()}


def found(world: Observation, stage: Stage = Stage.ACTIVE, owned: dict[str, UUID] | None = None) -> tuple[Drift, ...]:
    table = desired_state(replace(ACTIVE, stage=stage), SPEC)
    return diff(table, world, OWNED if owned is None else owned, active=stage is Stage.ACTIVE)


SINGLE: list[tuple[str, dict[str, object], Item, Effect]] = [
    (FROM, {"TlsSenderCertificateName": "*.evil.example"}, Item.FROM_CONNECTOR, OUTAGE),
    (FROM, {"ConnectorType": "Partner"}, Item.FROM_CONNECTOR, OUTAGE),
    (FROM, {"SenderDomains": ["smtp:contoso.example;1"]}, Item.FROM_CONNECTOR, OUTAGE),
    (FROM, {"RequireTls": False}, Item.FROM_CONNECTOR, DEGRADED),
    (FROM, {"CloudServicesMailEnabled": True}, Item.FROM_CONNECTOR, DEGRADED),
    (FROM, {"TreatMessagesAsInternal": True}, Item.FROM_CONNECTOR, DEGRADED),
    (FROM, {"EFSkipIPs": ["203.0.113.0/24", "198.51.100.7"]}, Item.ENHANCED_FILTERING, DEGRADED),
    (FROM, {"EFSkipIPs": [*SPEC.skip_ips[ACTIVE.region], "192.0.2.9"]}, Item.ENHANCED_FILTERING, DEGRADED),
    (FROM, {"EFSkipLastIP": True}, Item.ENHANCED_FILTERING, DEGRADED),
    (FROM, {"EFUsers": ["one@contoso.example"]}, Item.ENHANCED_FILTERING, DEGRADED),
    (FROM, {"EFTestMode": True}, Item.ENHANCED_FILTERING, DEGRADED),
    (TO, {"SmartHosts": ["evil.example"]}, Item.TO_CONNECTOR, OUTAGE),
    (TO, {"UseMXRecord": True}, Item.TO_CONNECTOR, OUTAGE),
    (TO, {"TlsSettings": "EncryptionOnly"}, Item.TO_CONNECTOR, DEGRADED),
    (TO, {"TlsSettings": None}, Item.TO_CONNECTOR, DEGRADED),
    (TO, {"TlsDomain": "*.evil.example"}, Item.TO_CONNECTOR, OUTAGE),
    (TO, {"IsTransportRuleScoped": False}, Item.TO_CONNECTOR, OUTAGE),
    (TO, {"TestMode": True}, Item.TO_CONNECTOR, OUTAGE),
    (TO, {"ConnectorType": "OnPremises"}, Item.TO_CONNECTOR, DEGRADED),
    (TO, {"CloudServicesMailEnabled": True}, Item.TO_CONNECTOR, DEGRADED),
    (LOOP, {"HeaderContainsWords": [CANARY, "second"]}, Item.LOOP_CHECK, BYPASS),
    (LOOP, {"HeaderContainsWords": ["second"]}, Item.LOOP_CHECK, OUTAGE),
    (LOOP, {"HeaderContainsMessageHeader": "X-Other"}, Item.LOOP_CHECK, OUTAGE),
    (LOOP, {"RemoveHeader": None}, Item.LOOP_CHECK, BYPASS),
    (LOOP, {"StopRuleProcessing": False}, Item.LOOP_CHECK, OUTAGE),
    (LOOP, {"Mode": "Audit"}, Item.LOOP_CHECK, OUTAGE),
    (LOOP, {"ActivationDate": "2099-01-01T00:00:00Z"}, Item.LOOP_CHECK, OUTAGE),
    (LOOP, {"ExpiryDate": "2020-01-01T00:00:00Z"}, Item.LOOP_CHECK, OUTAGE),
    (REDIRECT, {"Mode": "AuditAndNotify"}, Item.REDIRECT, BYPASS),
    (REDIRECT, {"ActivationDate": "2099-01-01T00:00:00Z"}, Item.REDIRECT, BYPASS),
    (REDIRECT, {"ExpiryDate": "2020-01-01T00:00:00Z"}, Item.REDIRECT, BYPASS),
    (REDIRECT, {"StopRuleProcessing": True}, Item.REDIRECT, COSMETIC),
    (ARC, {"ArcTrustedSealers": "a.example,b.example"}, Item.ARC_SEALER, DEGRADED),
    (ARC, {"ArcTrustedSealers": None}, Item.ARC_SEALER, DEGRADED),
]


@pytest.mark.parametrize(("name", "changes", "item", "effect"), SINGLE)
def test_one_changed_setting_is_one_drift(name: str, changes: dict[str, object], item: Item, effect: Effect) -> None:
    (drift,) = found(edited(healthy(ACTIVE), name, **changes))
    assert drift.setting is not None
    seen = (drift.fault, drift.item, drift.effect, [drift.setting.name], drift.resource.name)
    assert seen == (Fault.ALTERED, item, effect, list(changes), name)
    (harmless,) = found(edited(healthy(STAGED), name, **changes), Stage.STAGED)
    assert harmless == replace(drift, resource=harmless.resource, effect=COSMETIC)


@pytest.mark.parametrize(("change", "name"), [("Enabled", FROM), ("Enabled", TO), ("State", LOOP), ("State", REDIRECT)])
def test_an_object_that_is_off_is_one_drift(change: str, name: str) -> None:
    (drift,) = found(edited(healthy(ACTIVE), name, **{change: "Disabled" if change == "State" else False}))
    effect = BYPASS if name == REDIRECT else OUTAGE
    assert (drift.fault, drift.item, drift.effect, drift.identity) == (Fault.DISABLED, name, effect, str(OWNED[name]))


@pytest.mark.parametrize("name", list(OWNED))
def test_an_object_that_is_gone_is_missed_once_for_each_of_its_items(name: str) -> None:
    drifts = found(without(healthy(ACTIVE), name))
    items = [Item(name), Item.ENHANCED_FILTERING] if name == FROM else [Item(name)]
    assert [(d.fault, d.item, d.identity) for d in drifts] == [(Fault.MISSING, item, "") for item in items]
    assert {d.effect for d in drifts} == {BYPASS if name == REDIRECT else OUTAGE}


def test_a_fresh_tenant_misses_all_six_items() -> None:
    drifts = found(fresh(STAGED), Stage.STAGED)
    assert sorted(d.item for d in drifts) == sorted(Item)
    assert {d.effect for d in drifts} == {COSMETIC}


@pytest.mark.parametrize(("name", "place", "effect"), [(LOOP, 7, OUTAGE), (LOOP, 0, COSMETIC), (REDIRECT, 0, OUTAGE)])
def test_loop_check_anywhere_but_directly_above_redirect_is_one_drift(name: str, place: int, effect: Effect) -> None:
    (drift,) = found(moved(healthy(ACTIVE), name, place))
    assert (drift.fault, drift.item, drift.effect) == (Fault.MISPLACED, Item.LOOP_CHECK, effect)


def test_where_our_pair_stands_among_the_foreign_rules_is_no_drift() -> None:
    for place in range(7):
        assert found(moved(moved(healthy(ACTIVE), REDIRECT, place), LOOP, place)) == ()


@pytest.mark.parametrize("rule", [LOOP, REDIRECT])
def test_every_condition_exception_and_action_that_is_not_ours_is_one_drift(rule: str) -> None:
    world = healthy(ACTIVE)
    row = row_of(world, rule)
    assert row is not None
    for name in sorted((CONDITIONS | EXCEPTIONS | ACTIONS) - {key for key, value in row.items() if value}):
        value = True if BLANK_RULE.get(name) is False else ["canary-7f3a"]
        (drift,) = found(edited(world, rule, **{name: value}))
        assert drift.setting is not None
        assert (drift.fault, drift.setting.name, drift.resource.name) == (Fault.ALTERED, name, rule)
        assert "canary-7f3a" not in f"{drift} {drift!r}"


def test_what_makes_a_rule_apply_less_or_act_more_is_known_by_name() -> None:
    words = CONDITIONS | EXCEPTIONS | ACTIONS
    assert words - BLANK_RULE.keys() == {"IncidentReportOriginalMail", "NotifySender"}
    neutral = {"ActivationDate", "ExpiryDate", "Mode", "StopRuleProcessing", "Conditions", "Exceptions", "Actions"}
    neutral |= {"DlpPolicy", "ManuallyModified", "RegexSize", "UseLegacyRegex", "SetAuditSeverity"}
    neutral |= {"RuleConfigurationUnsupportedReason", "RuleErrorAction", "RuleSubType", "SenderAddressLocation"}
    by_class = {"ContentMatchesPrompt", "ContentMatchesPromptVerdict", "MessageContainsAllDataClassifications"}
    by_class |= {f"ExceptIf{name}" for name in by_class} | {"SenderNotificationType"}
    assert BLANK_RULE.keys() - words == neutral | by_class | {"RecipientAddressType"}


@pytest.mark.parametrize("classes", ["Conditions", "Exceptions", "Actions"])
@pytest.mark.parametrize("rule", [LOOP, REDIRECT])
def test_a_class_that_no_property_explains_is_for_a_person(rule: str, classes: str) -> None:
    row = row_of(healthy(ACTIVE), rule)
    assert row is not None
    listed = row[classes] or []
    assert isinstance(listed, list)
    (drift,) = found(edited(healthy(ACTIVE), rule, **{classes: [*listed, "X.Tasks.NewThing"]}))
    assert (drift.fault, drift.resource.name) == (Fault.STRANGER, rule)
    assert classes in drift.reason


def test_an_audit_severity_and_comments_are_nobodys_business() -> None:
    listed = ["X.Tasks.RouteMessageOutboundConnectorAction", "X.Tasks.SetAuditSeverityAction"]
    world = edited(healthy(ACTIVE), REDIRECT, Actions=listed, SetAuditSeverity="Low", Comments="ours")
    assert found(edited(world, FROM, Comment="hello", RestrictDomainsToCertificate=True)) == ()


@pytest.mark.parametrize("name", [*OWNED, ARC])
def test_a_read_that_failed_is_unknown_and_never_missing(name: str) -> None:
    for world in (unread(healthy(ACTIVE), KINDS[name]), {k: v for k, v in healthy(ACTIVE).items() if k != KINDS[name]}):
        drifts = [drift for drift in found(world) if drift.resource.name == name]
        assert {drift.fault for drift in drifts} == {Fault.UNKNOWN}
        assert {drift.resource.kind for drift in found(world)} == {KINDS[name]}
        assert all(drift.reason for drift in drifts)


def test_enhanced_filtering_is_unknown_when_the_inbound_connectors_could_not_be_read() -> None:
    drifts = found(unread(healthy(ACTIVE), Kind.INBOUND_CONNECTOR))
    assert item_states(drifts, Stage.ACTIVE)[Item.ENHANCED_FILTERING] == "unknown"


@pytest.mark.parametrize("name", [*OWNED, ARC])
def test_a_setting_that_is_absent_or_of_no_known_form_is_unknown(name: str) -> None:
    resource = next(r for r in desired_state(ACTIVE, SPEC) if r.name == name)
    compared = [row.name for row in resource.settings if row.compare not in ("sent_only", "unset")]
    for setting in compared:
        for world in (lacking(healthy(ACTIVE), name, setting), edited(healthy(ACTIVE), name, **{setting: {"a": 1}})):
            (drift,) = found(world)
            assert (drift.fault, drift.setting and drift.setting.name) == (Fault.UNKNOWN, setting)
            assert setting in drift.reason


@pytest.mark.parametrize(("name", "key"), [(FROM, "Enabled"), (TO, "Enabled"), (LOOP, "State"), (REDIRECT, "State")])
@pytest.mark.parametrize("value", [None, "On", 1])
def test_a_switch_that_says_neither_is_unknown(name: str, key: str, value: object) -> None:
    for world in (lacking(healthy(ACTIVE), name, key), edited(healthy(ACTIVE), name, **{key: value})):
        assert [(d.fault, d.reason) for d in found(world)] == [(Fault.UNKNOWN, "neither on nor off")]


def odd(world: Observation, kind: Kind, *more: dict[str, object]) -> Observation:
    return {**world, kind: Complete((*rows(world, kind), *more))}


@pytest.mark.parametrize("more", [{"Priority": 3}, {"Priority": None}, {"Priority": True}, {"Priority": "9"}, {}])
def test_rules_without_an_order_are_unknown(more: dict[str, object]) -> None:
    world = without(without(healthy(ACTIVE), LOOP), REDIRECT)
    drifts = found(odd(world, Kind.TRANSPORT_RULE, {"Name": "x", **more}))
    assert [d.fault for d in drifts] == [Fault.UNKNOWN, Fault.UNKNOWN]


def test_two_objects_of_our_name_or_two_arc_configurations_are_unknown() -> None:
    twice = odd(healthy(ACTIVE), Kind.OUTBOUND_CONNECTOR, {"Name": TO.upper(), "Guid": "x"})
    assert [d.fault for d in found(twice)] == [Fault.UNKNOWN]
    assert [d.fault for d in found(odd(healthy(ACTIVE), Kind.ARC_CONFIG, {}))] == [Fault.UNKNOWN]


@pytest.mark.parametrize("kind", [Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE])
def test_nothing_is_missing_from_a_list_in_which_an_object_has_no_name(kind: Kind) -> None:
    world = healthy(ACTIVE)
    world = {**world, kind: Complete(tuple({"Priority": row.get("Priority")} for row in rows(world, kind)))}
    assert {drift.fault for drift in found(world)} == {Fault.UNKNOWN}


def test_names_are_compared_without_case_and_lists_in_any_order() -> None:
    world = edited(edited(healthy(ACTIVE), TO, Name=TO.upper()), LOOP, Name=LOOP.lower())
    world = {kind: Complete(rows(world, kind)[::-1]) for kind in Kind}
    assert found(world) == ()


IDENTITY = {"TlsSenderCertificateName", "ConnectorType", "SmartHosts", "TlsDomain"}
IDENTITY |= {"HeaderContainsWords", "HeaderContainsMessageHeader"}
STRANGERS = [single for single in SINGLE if single[1].keys() & IDENTITY]


@pytest.mark.parametrize("owned", ALIEN)
@pytest.mark.parametrize(("name", "changes", "item", "effect"), STRANGERS)
def test_what_wears_our_name_and_says_something_else_is_a_stranger(
    name: str, changes: dict[str, object], item: Item, effect: Effect, owned: str
) -> None:
    (drift,) = found(edited(healthy(ACTIVE), name, **changes), owned=ALIEN[owned])
    assert (drift.fault, drift.item, drift.effect, drift.setting) == (Fault.STRANGER, item, effect, None)
    assert next(iter(changes)) in drift.reason
    assert CANARY not in f"{drift} {drift!r}"


@pytest.mark.parametrize("owned", ALIEN)
def test_what_wears_our_name_and_says_the_same_is_ours(owned: str) -> None:
    assert found(healthy(ACTIVE), owned=ALIEN[owned]) == ()
    (drift,) = found(edited(healthy(ACTIVE), TO, TestMode=True), owned=ALIEN[owned])
    assert drift.fault is Fault.ALTERED


def test_a_redirect_that_is_on_before_activation_is_an_outage() -> None:
    (drift,) = found(edited(healthy(STAGED), REDIRECT, State="Enabled"), Stage.STAGED)
    assert (drift.fault, drift.item, drift.effect) == (Fault.ENABLED, Item.REDIRECT, OUTAGE)


def test_a_staged_loop_check_that_is_on_harms_nobody() -> None:
    (drift,) = found(edited(healthy(STAGED), LOOP, State="Enabled"), Stage.STAGED)
    assert (drift.fault, drift.effect) == (Fault.ENABLED, COSMETIC)


@pytest.mark.parametrize("changes", [{"RouteMessageOutboundConnector": "Foreign Fax"}, {"DeleteMessage": True}])
def test_a_redirect_that_loses_mail_or_sends_it_elsewhere_is_an_outage(changes: dict[str, object]) -> None:
    (drift,) = found(edited(healthy(ACTIVE), REDIRECT, **changes))
    assert drift.effect is OUTAGE


def test_a_single_class_may_come_without_its_list() -> None:
    (drift,) = found(edited(healthy(ACTIVE), REDIRECT, Conditions="X.Tasks.NewPredicate"))
    assert drift.fault is Fault.STRANGER


def test_no_drift_step_or_report_ever_shows_the_secret() -> None:
    table = desired_state(ACTIVE, SPEC)
    broken = {
        "HeaderContainsWords": [CANARY, "x"],
        "HeaderMatchesPatterns": [CANARY],
        "ExceptIfHeaderContainsWords": CANARY,
    }
    worlds = [fresh(ACTIVE), edited(healthy(ACTIVE), LOOP, **broken), without(healthy(ACTIVE), LOOP)]
    worlds += [edited(healthy(ACTIVE), LOOP, HeaderContainsWords={CANARY: 1}), unread(healthy(ACTIVE), *Kind)]
    for world in worlds:
        for owned in (OWNED, {}):
            drifts = diff(table, world, owned, active=True)
            held = settled(drifts, dict.fromkeys(OWNED, NOW), NOW, timedelta(minutes=2))
            steps = plan(table, world, drifts, FailPolicy.OPEN)
            report = Report(*judged(drifts), item_states(drifts, Stage.ACTIVE), drifts, ACTIVE, steps, steps)
            shown = f"{report} {drifts} {held} {' '.join(map(str, (*drifts, *held, *steps)))}"
            assert drifts
            assert CANARY not in shown
            assert CANARY[:8] not in shown


def test_a_long_observed_value_is_cut_for_people() -> None:
    (drift,) = found(edited(healthy(ACTIVE), TO, TlsDomain="x" * 5000))
    assert len(str(drift)) < 250
    assert "TlsDomain is 'xxx" in str(drift)


def test_an_unread_reason_is_handed_on() -> None:
    world = {**healthy(ACTIVE), Kind.ARC_CONFIG: Unread("HTTP 503")}
    assert str(found(world)[0]) == "Trusted ARC sealer: unknown (HTTP 503)"
