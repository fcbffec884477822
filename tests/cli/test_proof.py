"""The proof of an off-boarding: what was there, what went, what stays and why, and whether nothing is left."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.answers_tenants import Proof
from cli.inert import one_line
from cli.proof_lines import is_proof, proof_lines
from shared.domain.tenants import Stage, Tenant
from tests.cli.keeper import FROM, LOOP_CHECK, REDIRECT, TO, Keeper
from tests.fakes import CANARY
from tests.functions.calling import ADMIN, READER

MOMENT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOSTILE = "\x1b]0;owned\x07 \u202etxt.exe"


def left(keeper: Keeper, number: int = 1, stage: Stage = Stage.ACTIVE) -> Tenant:
    """A tenant that has left."""
    tenant = keeper.tenant(number, stage)
    offboard(keeper, tenant.tenant_id)
    return keeper.record(tenant.tenant_id)


def offboard(keeper: Keeper, tenant_id: UUID) -> None:
    keeper("offboard", str(tenant_id), "--yes", "--wait", "--timeout", "1d")


def block(lines: Sequence[str], title: str) -> list[str]:
    """What stands below a title of the page."""
    after = lines[lines.index(title) + 1 :]
    return [line.strip() for line in after[: next((at for at, line in enumerate(after) if line[:1] != " "), None)]]


def test_the_proof_tells_people_what_was_there_what_went_and_that_nothing_is_left(keeper: Keeper) -> None:
    tenant = left(keeper)
    ran = keeper("proof", "tenant1.onmicrosoft.com")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert lines[0] == f"tenant1.onmicrosoft.com  {tenant.tenant_id}  {tenant.account_id}"
    assert lines[1] == "proved: nothing of ours was left in the tenant"
    assert lines[2].startswith("begun: 2026-11-23 ")
    assert "   finished: 2026-11-23 " in lines[2]
    there = block(lines, "there was")
    assert [name for row in there for name in (FROM, TO, LOOP_CHECK, REDIRECT) if name in row] == [
        FROM,
        TO,
        LOOP_CHECK,
        REDIRECT,
    ]
    assert [row.split()[0] for row in there] == [
        "InboundConnector",
        "OutboundConnector",
        "TransportRule",
        "TransportRule",
        "ArcConfig",
    ]
    taken = block(lines, "taken away, step by step")
    assert [row.split()[1] for row in taken] == ["disable"] * 2 + ["remove"] * 4 + ["update"]
    assert all(datetime.fromisoformat(row.split()[0]).tzinfo for row in taken)
    assert block(lines, "left in place") == ["nothing that has one of our names"]
    assert block(lines, "read back") == ["nothing of ours"]


def test_what_stays_is_told_with_why(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    keeper.administrator(tenant.tenant_id, "Remove-TransportRule", Identity=REDIRECT)
    keeper.administrator(tenant.tenant_id, "New-TransportRule", Name=REDIRECT, SetSCL="5")
    offboard(keeper, tenant.tenant_id)
    ran = keeper("proof", str(tenant.tenant_id))
    (stays,) = block(ran.out.splitlines(), "left in place")
    assert (ran.code, stays.startswith(f"{REDIRECT}  ")) == (0, True)
    assert len(stays) > len(REDIRECT) + 10
    assert REDIRECT in {row["Name"] for row in keeper.state(tenant.tenant_id)["transport_rules"]}


def test_an_off_boarding_that_is_not_finished_is_told_as_such_and_ends_with_2(keeper: Keeper) -> None:
    tenant = keeper.tenant(1, Stage.ACTIVE)
    keeper.administrator(tenant.tenant_id, "New-TransportRule", Name="Theirs", RouteMessageOutboundConnector=TO)
    offboard(keeper, tenant.tenant_id)
    ran = keeper("proof", str(tenant.tenant_id))
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (2, f"next: keeper status {tenant.tenant_id}\n")
    assert lines[1] == "not proved: the off-boarding is not finished"
    assert lines[2].endswith("finished: never")
    assert [row.split()[1] for row in block(lines, "taken away, step by step")] == ["disable", "disable"]
    assert block(lines, "read back") == ["nothing has been read back yet"]
    assert keeper("proof", str(tenant.tenant_id), "-o", "json").code == 2


def test_json_is_the_proof_as_the_api_has_it(keeper: Keeper) -> None:
    tenant = left(keeper)
    told = json.loads(keeper("proof", str(tenant.tenant_id), "-o", "json").out)
    answer = keeper.api.get(f"/api/tenants/{tenant.tenant_id}/proof").json
    assert (told.pop("schema_version"), told.pop("type")) == (1, "proof")
    assert told.keys() == answer.keys()
    for name in answer.keys() - {"begun_at", "finished_at"}:
        assert told[name] == answer[name], name
    for name in ("begun_at", "finished_at"):
        assert datetime.fromisoformat(told[name]) == datetime.fromisoformat(answer[name]).replace(microsecond=0)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "md"])
def test_a_tenant_that_was_never_asked_to_leave_has_no_proof(keeper: Keeper, tmp_path: Path, form: str) -> None:
    tenant = keeper.tenant(1)
    file = tmp_path / "proof.json"
    ran = keeper("proof", str(tenant.tenant_id), "--out", str(file), "-o", form)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[0] == "error unknown_proof: no off-boarding of this tenant has begun"
    assert not file.exists()


def test_an_off_boarding_that_was_asked_for_and_has_not_begun_is_not_asked_for_again(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    keeper.api.call("POST", f"/api/tenants/{tenant.tenant_id}/offboard", ADMIN)
    ran = keeper("proof", str(tenant.tenant_id))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "error unknown_proof: no off-boarding of this tenant has begun",
        f"next: keeper status {tenant.tenant_id}",
    ]


def test_nobody_has_a_proof_of_a_tenant_that_is_not_there(keeper: Keeper) -> None:
    for name in ("00000000-0000-4000-8000-000000000001", "nobody.onmicrosoft.com"):
        ran = keeper("proof", name)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.splitlines()[0] == f"error unknown_name: there is no tenant {name}"


@pytest.mark.parametrize("stage", [Stage.STAGED, Stage.OFFBOARDING])
def test_the_proof_of_an_earlier_off_boarding_is_none_of_how_the_tenant_is_now(keeper: Keeper, stage: Stage) -> None:
    tenant = left(keeper)
    record = keeper.on.world.tenants.get(tenant.tenant_id)
    keeper.on.world.tenants.put(record, replace(tenant, stage=stage, generation=tenant.generation + 1))
    ran = keeper("proof", str(tenant.tenant_id))
    assert ran.code == 2
    assert (
        ran.out.splitlines()[1] == f"of an earlier off-boarding: the tenant is {stage} since, which this is no proof of"
    )


def test_a_file_is_written_whole_with_its_hash_told_and_never_over_another(keeper: Keeper, tmp_path: Path) -> None:
    tenant = left(keeper)
    file = tmp_path / "proof.json"
    ran = keeper("proof", str(tenant.tenant_id), "--out", str(file))
    first = file.read_bytes()
    assert (ran.code, ran.err) == (0, f"{file}: sha256 {sha256(first).hexdigest()}\n")
    assert ran.out == keeper("proof", str(tenant.tenant_id)).out
    assert first.decode("ascii") == keeper("proof", str(tenant.tenant_id), "-o", "json").out
    file.write_text("somebody's")
    ran = keeper("proof", str(tenant.tenant_id), "--out", str(file))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[0] == f"error not_written: {file}: it is there already"
    assert file.read_text() == "somebody's"
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]


def test_a_file_that_cannot_be_written_is_told(keeper: Keeper, tmp_path: Path) -> None:
    tenant = left(keeper)
    ran = keeper("proof", str(tenant.tenant_id), "--out", str(tmp_path / "nowhere" / "proof.json"))
    assert (ran.code, ran.err.splitlines()[0].startswith("error not_written: ")) == (1, True)


def test_the_proof_shows_neither_the_loop_check_guid_nor_orders_to_a_terminal(keeper: Keeper, tmp_path: Path) -> None:
    tenant = left(keeper)
    proof = keeper.on.world.proofs.get(tenant.tenant_id)
    assert proof is not None
    rows = ({"kind": "TransportRule", "Name": HOSTILE, "Guid": [HOSTILE]}, {"kind": HOSTILE})
    changed = replace(proof, before=rows, left={HOSTILE: HOSTILE}, removed=(HOSTILE,), read_back=(HOSTILE,))
    keeper.on.world.proofs.put(tenant.tenant_id, changed)
    for form in ("table", "json", "jsonl", "md"):
        file = tmp_path / form
        ran = keeper("proof", str(tenant.tenant_id), "-o", form, "--out", str(file), terminal=form == "table")
        text = ran.out.replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\x1b[31m", "") + file.read_text("ascii")
        assert not {"\x1b", "\x07", "\u202e"} & set(text), form
        assert CANARY.lower() not in text.lower()


def test_whoever_may_only_read_may_read_the_proof_and_nothing_is_ordered(keeper: Keeper) -> None:
    tenant = left(keeper)
    keeper.asked.clear()
    keeper.environment["KEEPER_TOKEN"] = READER
    assert keeper("proof", str(tenant.tenant_id)).code == 0
    assert keeper.orders() == []


WORDS = st.text(max_size=12)
PROOFS = st.builds(
    Proof,
    tenant_id=WORDS,
    account_id=WORDS,
    initial_domain=WORDS,
    generation=st.integers(0, 3),
    begun_at=st.just(MOMENT),
    finished_at=st.none() | st.just(MOMENT),
    is_proved=st.booleans(),
    before=st.lists(st.dictionaries(st.sampled_from(["kind", "Name", "Guid"]), WORDS | st.integers())).map(tuple),
    had_sealer=st.booleans(),
    removed=st.lists(WORDS, max_size=3).map(tuple),
    left=st.dictionaries(WORDS, WORDS, max_size=3),
    read_back=st.lists(WORDS, max_size=2).map(tuple),
)


@given(PROOFS, st.integers(0, 3), st.sampled_from(list(Stage)))
def test_no_page_says_proved_unless_the_last_read_of_this_very_off_boarding_found_nothing(
    proof: Proof, generation: int, stage: Stage
) -> None:
    lines = [str(line) for line in proof_lines(proof, generation, stage)]
    is_one = (
        proof.is_proved
        and proof.finished_at is not None
        and not proof.read_back
        and proof.generation == generation
        and stage in ("offboarding", "offboarded")
    )
    assert is_proof(proof, generation, stage) == is_one
    assert (lines[1] == "proved: nothing of ours was left in the tenant") == is_one
    assert all(one_line(line) == line for line in lines)
