"""The readers are total: any JSON ends in a value of its declared form or in one declared error."""

import json
from copy import deepcopy
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import answers, answers_plans, answers_tenants
from cli.errors import StrangeAnswer
from cli.plans import TenantPlan
from cli.reading import document_of, plain, read
from tests.cli.keeper import Keeper

FORMS: list[Any] = [
    answers.Whoami,
    answers.Accepted,
    answers.Fleet,
    answers_tenants.TenantPage,
    answers_tenants.Tenant,
    answers_tenants.Proof,
    answers_plans.Plan,
    answers.Timeline,
    answers.ParkedPage,
    answers.Problem,
    TenantPlan,
]
WRONG: tuple[object, ...] = (None, [], {}, 7, True, "x", "2026-01-01")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({field.name for form in FORMS for field in fields(form)})
OBJECTS = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=12)


@given(st.sampled_from(FORMS), JSON | OBJECTS)
def test_any_json_ends_in_a_value_or_in_the_declared_error(form: type[Any], document: object) -> None:
    try:
        value = read(form, document)
    except StrangeAnswer:
        return
    assert read(form, json.loads(json.dumps(plain(value)))) == value


@given(st.binary(max_size=64))
def test_any_bytes_end_in_json_or_in_the_declared_error(body: bytes) -> None:
    try:
        document_of(body)
    except StrangeAnswer:
        return


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":', b"\xff", b"", b"<html>", b"1" * 5000])
def test_what_is_no_answer_is_the_declared_error(body: bytes) -> None:
    with pytest.raises(StrangeAnswer):
        read(answers.Fleet, document_of(body))


def paths(value: object, before: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Where anything stands in a document."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(found for name, each in pairs for found in paths(each, (*before, name)))]


def replaced(document: Any, path: tuple[Any, ...], value: object) -> Any:  # noqa: ANN401 - JSON
    changed = deepcopy(document)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


def test_a_real_answer_with_anything_wrong_in_it_is_read_or_refused(keeper: Keeper) -> None:
    tenant = keeper.tenant(1)
    gone = keeper.tenant(2).tenant_id
    keeper("offboard", str(gone), "--yes", "--wait", "--timeout", "1d")
    keeper.count()
    asked = {
        "/api/fleet": answers.Fleet,
        f"/api/tenants/{tenant.tenant_id}": answers_tenants.Tenant,
        f"/api/tenants/{tenant.tenant_id}/plan?for=activate": answers_plans.Plan,
        f"/api/tenants/{gone}/proof": answers_tenants.Proof,
        "/api/activity?limit=1": answers.Timeline,
        "/api/whoami": answers.Whoami,
    }
    refused = 0
    for path, form in asked.items():
        document = keeper.api.get(path).json
        read(form, document)
        for place in paths(document)[1:]:
            for wrong in WRONG:
                try:
                    read(form, replaced(document, place, wrong))
                except StrangeAnswer as error:
                    assert "answer" in str(error)  # noqa: PT017 - either end is right
                    refused += 1
    assert refused > 500


def test_fields_that_nobody_declared_are_passed_over() -> None:
    assert read(answers.Whoami, {"name": "ann", "roles": [], "more": 1}) == answers.Whoami("ann", ())


def test_an_instant_without_a_zone_is_none() -> None:
    with pytest.raises(StrangeAnswer):
        read(answers.OldestCheck, {"tenant_id": "x", "checked_at": "2026-01-01T00:00:00"})
