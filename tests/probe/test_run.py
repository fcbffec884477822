"""A run asks before each write, undoes what it did, and says what it could not undo: judged by the tenant itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.probe.own import check_own
from local.probe.questions import QUESTIONS
from local.probe.steps import Step, call_of
from local.twin.faults import Fault
from shared.adapters.exchange_calls import Call
from shared.domain.errors import Rejected
from tests.probe.scene import Bench, Handle, new_bench, no
from tests.request_checker import cmdlets_of, faults

STEPS = [step for question in QUESTIONS for step in question.steps]
WRITES = [step for step in STEPS if step.is_write]
CMDLETS = sorted({step.cmdlet for step in WRITES})


def test_without_consent_the_tenant_is_only_read(tmp_path: Path) -> None:
    bench = new_bench(tmp_path, answers=no)
    before = bench.state()
    assert bench.probe() == 0
    assert bench.state() == before
    assert bench.writes() == []
    assert len(bench.answers()) == 12
    assert "New-TransportRule was not consented to" in bench.answers()[4]


def test_with_every_consent_twelve_questions_are_answered_and_the_tenant_is_as_it_was(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    before = bench.state()
    assert bench.probe() == 0
    assert bench.state() == before
    assert sorted(bench.answers()) == list(range(1, 13))
    assert all(bench.answers().values())
    assert not (bench.folder / "left-behind.md").exists()
    assert {cmdlet for cmdlet in bench.writes() if cmdlet.startswith(("New-", "Set-"))} <= set(CMDLETS)


@pytest.mark.parametrize("answer", ["", "y", "Yes", "YES", "yes ", " yes", "no", "yesyes"])
def test_only_the_typed_word_allows_a_write(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from local.probe.terminal import Console  # noqa: PLC0415 - beside what it is patched with

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert not Console().consents("?")
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert Console().consents("?")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert not Console().consents("?")


def test_every_write_was_shown_exactly_before_it_was_sent(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    bench.probe()
    sent = [e for e in bench.tenant.history if e["cmdlet"].startswith(("New-", "Set-"))]
    shown = [text for text in bench.operator.asked if "A write: Remove-" not in text]
    assert len(sent) == len(shown)
    for entry, text in zip(sent, shown, strict=True):
        assert f"A write: {entry['cmdlet']}\n" in text
        assert all(f"  {name} = " in text for name in entry["parameters"])


def test_a_yes_allows_one_write_and_no_other(tmp_path: Path) -> None:
    bench = new_bench(tmp_path, answers=lambda text: "A write: New-InboundConnector" in text)
    before = bench.state()
    bench.probe()
    assert bench.state() == before
    assert set(bench.writes()) == {"New-InboundConnector", "Remove-InboundConnector"}


def test_nothing_made_can_meet_mail(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    bench.probe()
    made = [e for e in bench.tenant.history if e["cmdlet"].startswith("New-")]
    on = [e["parameters"] for e in made if e["parameters"]["Enabled"] is not False]
    # The question is about Enabled:true; its certificate is a name that nobody can have.
    assert [p["Name"].rpartition(" ")[2] for p in on] == ["born-on"]
    assert on[0]["TlsSenderCertificateName"] == "*.mailflow-keeper-probe.example"
    rules = [e["parameters"] for e in made if e["cmdlet"] == "New-TransportRule"]
    assert all(rule["HeaderContainsWords"] for rule in rules)
    assert "Set-ArcConfig" not in bench.writes()


def test_every_request_is_one_that_exchange_would_understand(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    bench.probe()
    invoked = [request for request in bench.seen if request.path.lower().endswith("/invokecommand")]
    assert len(invoked) > 50
    known = [r for r in invoked if cmdlets_of(r) != ["Get-MailflowKeeperProbe"]]
    # An empty hash table is a question of its own, and the table of Exchange's cmdlets has the later reads not yet.
    excused = ("EFSkipIPs is no ", "EFUsers is no ", "no cmdlet Get-OrganizationConfig", "no cmdlet Get-AcceptedDomain")
    assert [f for r in known for f in faults(r) if not any(part in f for part in excused)] == []


@pytest.mark.parametrize("cmdlet", CMDLETS)
@pytest.mark.parametrize("applied", [True, False], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("which", [0, 1, 3])
def test_a_write_without_an_answer_leaves_nothing(cmdlet: str, applied: bool, which: int, tmp_path: Path) -> None:  # noqa: FBT001
    bench = new_bench(tmp_path)
    before = bench.state()
    assert bench.probe(spoiling(bench, cmdlet, which, applied=applied)) == 0
    assert bench.state() == before
    assert len(bench.answers()) == 12


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector", "TransportRule"])
def test_what_cannot_be_removed_is_named_with_the_command_that_removes_it(kind: str, tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    before = bench.state()
    bench.tenant.faults.append(Fault(f"Remove-{kind}", 503, 10_000))
    assert bench.probe() == 1
    left = bench.left()
    assert left
    for name in left:
        command = f'Remove-{kind} -Identity "{name}"'
        # A connector stays as well while a rule that stays uses it.
        found = command if kind != "TransportRule" else f'-Identity "{name}"'
        assert found in bench.operator.said[-1]
        assert found in (bench.folder / "left-behind.md").read_text("utf-8")
    assert without_ours(bench.state()) == without_ours(before)


def test_a_removal_that_fails_for_a_while_is_tried_again(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    before = bench.state()
    for cmdlet in ("Remove-InboundConnector", "Remove-OutboundConnector", "Remove-TransportRule"):
        bench.tenant.faults.append(Fault(cmdlet, 503, 5))
    assert bench.probe() == 0
    assert bench.state() == before


@pytest.mark.parametrize("step", WRITES, ids=lambda step: step.slug)
def test_an_interruption_at_any_write_leaves_nothing(step: Step, tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    before = bench.state()

    def interrupted(received_write: bool, handle: Handle) -> Handle:  # noqa: FBT001
        place = [s.slug for s in WRITES].index(step.slug)
        count = iter(range(10_000))

        def handled(received):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            is_write = "Remove-" not in str(received.body) or "Remove-" in step.cmdlet
            is_write = is_write and any(f'"{verb}-' in str(received.body) for verb in ("New", "Set"))
            if is_write and next(count) == place and received_write:
                handle(received)
                raise KeyboardInterrupt
            return handle(received)

        return handled

    code = bench.probe(lambda handle: interrupted(True, handle))
    assert code in (0, 130)
    assert bench.state() == before
    assert len(bench.answers()) == 12


def test_a_second_interruption_says_what_is_left_and_how_to_remove_it(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)

    def around(handle: Handle) -> Handle:
        def handled(received):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if b'"Set-' in received.body or b'"Remove-' in received.body:
                raise KeyboardInterrupt
            return handle(received)

        return handled

    assert bench.probe(around) == 1
    [name] = bench.left()
    assert f'Remove-InboundConnector -Identity "{name}"' in bench.operator.said[-1]
    assert f'Remove-InboundConnector -Identity "{name}"' in (bench.folder / "left-behind.md").read_text("utf-8")


def test_what_may_be_left_is_written_down_before_a_write_is_sent(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    pages: list[bool] = []

    def around(handle: Handle) -> Handle:
        def handled(received):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if b'"New-' in received.body:
                name = received.body.split(b'"Name":"')[1].split(b'"')[0].decode()
                pages.append(name in (bench.folder / "left-behind.md").read_text("utf-8"))
            return handle(received)

        return handled

    bench.probe(around)
    assert pages
    assert all(pages)


def test_two_objects_of_one_name_are_both_removed(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    before = bench.state()

    def around(handle: Handle) -> Handle:
        def handled(received):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            sent = handle(received)
            if b'"New-InboundConnector"' in received.body and b"twice-in" in received.body and sent[0] == 400:
                [row] = [r for r in bench.tenant.inbound if r["Name"].endswith("twice-in")]
                bench.tenant.inbound.append({**row, "Guid": bench.tenant.new_guid()})
                return 200, {}, b'{"value": []}'
            return sent

        return handled

    assert bench.probe(around) == 0
    assert bench.state() == before


@pytest.mark.parametrize("cmdlet", ["Get-InboundConnector", "Get-OutboundConnector", "Get-TransportRule"])
def test_nothing_is_written_where_a_list_cannot_be_read(cmdlet: str, tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    before = bench.state()
    bench.tenant.faults.append(Fault(cmdlet, 503, 10_000))
    assert bench.probe() == 0
    assert bench.state() == before
    assert bench.writes() == []
    assert "could not be undone" in bench.answers()[3]


@pytest.mark.parametrize("switches", [{"consent": False}, {"app_permission": False}])
def test_a_tenant_that_lets_nobody_in_gets_twelve_unsettled_answers(
    switches: dict[str, object], tmp_path: Path
) -> None:
    bench = new_bench(tmp_path)
    bench.tenant.switches.turn(switches)
    assert bench.probe() == 0
    assert [number for number, answer in bench.answers().items() if "not settled" not in answer] == []
    assert bench.operator.asked == []


def test_a_cmdlet_that_is_refused_ends_as_not_settled(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    bench.tenant.faults.append(Fault("Get-ArcConfig", 403, 10_000))
    bench.tenant.faults.append(Fault("Set-InboundConnector", 403, 10_000))
    assert bench.probe() == 0
    assert bench.answers()[2].startswith("not settled: Get-ArcConfig")
    assert "not settled: Set-InboundConnector" in bench.answers()[10]


@pytest.mark.parametrize(
    ("switches", "number", "part"),
    [
        ({"unknown_identity": "not_found"}, 5, "HTTP 404"),
        ({"unknown_identity": "everything"}, 5, "every object: 3"),
        ({"outbound_filter": "all"}, 6, "without filters: scoped yes, unscoped yes, in test mode yes"),
        ({"outbound_filter": "unscoped_only"}, 6, "without filters: scoped no, unscoped yes, in test mode no"),
        ({"restricted_inbound": "no"}, 11, "not settled: this tenant is not restricted"),
        ({"restricted_inbound": "created_disabled"}, 11, "on from New: HTTP 200"),
        ({"restricted_inbound": "created_disabled"}, 11, "reads back as off"),
        ({"restricted_inbound": "prohibited"}, 11, "OrganizationInboundConnectorProhibitedException"),
        ({"server_rules": True}, 3, "ConnectorIncorrectUsageConnectorStillReferencedException"),
        ({"server_rules": False}, 3, "unscoping a connector in use: taken"),
    ],
)
def test_an_answer_follows_the_tenant(switches: dict[str, object], number: int, part: str, tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    bench.tenant.switches.turn(switches)
    before = bench.state()
    assert bench.probe() == 0
    assert part in bench.answers()[number]
    assert bench.state() == before


def test_a_tenant_whose_servers_lag_is_left_as_it_was(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    bench.tenant.switches.turn({"replicas": "lagging"})
    before = bench.state()
    assert bench.probe() == 0
    assert bench.state() == before


@pytest.mark.parametrize(
    "call",
    [
        Call("Set-TransportRule", {"Identity": "Disclaimer"}),
        Call("Remove-InboundConnector", {"Identity": "Mailflow Keeper probe"}),
        Call("New-TransportRule", {"Name": "Mailflow Keeper probe 00000000 other"}),
        Call("Set-ArcConfig", {"Identity": "Default"}),
        Call("Enable-TransportRule", {"Identity": "Mailflow Keeper probe 00000000 mine"}),
        Call("Remove-TransportRule", {}),
    ],
    ids=lambda call: call.cmdlet,
)
def test_a_write_to_anything_else_is_never_sent(call: Call) -> None:
    with pytest.raises(Rejected):
        check_own(call, frozenset({"Mailflow Keeper probe 00000000 mine"}))


def test_the_table_has_twelve_questions_and_no_call_twice() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 13))
    assert len({step.slug for step in STEPS}) == len(STEPS)
    assert all(step.subject for step in WRITES)
    names = [call_of(step, "0" * 8).parameters.get("Name", "") for step in WRITES]
    assert max(len(str(name)) for name in names) <= 64


def spoiling(bench: Bench, cmdlet: str, which: int, *, applied: bool) -> Callable[[Handle], Handle]:
    """Spoil one answer to a cmdlet: the write is carried out or not, and nobody is told."""
    count = iter(range(10_000))

    def around(handle: Handle) -> Handle:
        def handled(received):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if f'"{cmdlet}"'.encode() in received.body and next(count) == which:
                bench.tenant.faults.append(Fault(cmdlet, 503, 1, applied=applied))
            return handle(received)

        return handled

    return around


def without_ours(state: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    return {
        kind: [row for row in rows if not str(row["Name"]).startswith("Mailflow Keeper probe")]
        for kind, rows in state.items()
    }
