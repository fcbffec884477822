"""What a later signup changes, and what it must not."""

from dataclasses import fields, replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decisions import Deviation
from shared.domain.errors import NotAllowed
from shared.domain.fleet import Fleet
from shared.domain.moments import wanted_now
from shared.domain.regions import Region
from shared.domain.signup import Signup, signed_up_again
from shared.domain.tenants import Stage, Tenant, Verdict, unseen
from shared.domain.values import Secret
from tests.domain.world import CANARY, NOW, OWNED, modest, tenant_of

SIGNUP = Signup("acme", tenant_of().tenant_id, Region.EU, "contoso.onmicrosoft.com")
OTHER_GUID = Secret("0ddba11-0000")
IN_PLACE = (Stage.STAGED, Stage.ACTIVE, Stage.PAUSED)
EMPTY = (Stage.AWAITING_CONSENT, Stage.OFFBOARDED)
KNOWN = (*EMPTY, *IN_PLACE)


def lived(stage: Stage, region: Region = Region.EU) -> Tenant:
    """A tenant with a past."""
    return replace(
        tenant_of(stage, region),
        generation=7,
        verdict=Verdict.DRIFTED,
        reason="something",
        failure="needs_consent",
        items={"a": "on"},
        owned=OWNED,
        written={"a": NOW},
        refused={"a": "no"},
        findings={"stranger": "x"},
        deviations={"a/b": Deviation("x", "ada", "why", NOW)},
        quiet_since=NOW,
        company_name="Contoso",
        contact="it@contoso.example",
    )


@pytest.mark.parametrize("stage", [Stage.AWAITING_CONSENT, *IN_PLACE])
def test_the_same_signup_again_changes_nothing(stage: Stage) -> None:
    for guid in (None, Secret(CANARY)):
        assert signed_up_again(lived(stage), replace(SIGNUP, loop_check=guid)) == lived(stage)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_tenant_of_another_account_is_out_of_reach(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="another account"):
        signed_up_again(lived(stage), replace(SIGNUP, account_id="evil"))


def test_a_tenant_that_is_just_leaving_cannot_come_back_before_it_has_left() -> None:
    with pytest.raises(NotAllowed, match="off-boarded"):
        signed_up_again(lived(Stage.OFFBOARDING), SIGNUP)


@pytest.mark.parametrize("stage", IN_PLACE)
def test_another_domain_or_guid_is_refused_where_something_is_in_place(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="domain"):
        signed_up_again(lived(stage), replace(SIGNUP, initial_domain="fabrikam.onmicrosoft.com"))
    with pytest.raises(NotAllowed, match="GUID"):
        signed_up_again(lived(stage), replace(SIGNUP, loop_check=OTHER_GUID))


@pytest.mark.parametrize("stage", EMPTY)
def test_another_domain_and_guid_are_taken_over_where_nothing_is_in_place(stage: Stage) -> None:
    signup = replace(SIGNUP, initial_domain="fabrikam.onmicrosoft.com", loop_check=OTHER_GUID)
    after = signed_up_again(lived(stage), signup)
    assert (after.initial_domain, after.loop_check) == ("fabrikam.onmicrosoft.com", OTHER_GUID)
    assert after.generation > 7


def test_a_refusal_never_shows_a_guid() -> None:
    with pytest.raises(NotAllowed) as refusal:
        signed_up_again(lived(Stage.ACTIVE), replace(SIGNUP, loop_check=OTHER_GUID))
    assert OTHER_GUID.reveal not in str(refusal.value)
    assert CANARY not in str(refusal.value)


def test_names_for_people_are_taken_over_and_never_emptied() -> None:
    after = signed_up_again(lived(Stage.ACTIVE), replace(SIGNUP, company_name="New"))
    assert after == replace(lived(Stage.ACTIVE), company_name="New")
    assert signed_up_again(lived(Stage.ACTIVE), SIGNUP).contact == "it@contoso.example"


@pytest.mark.parametrize("stage", IN_PLACE)
def test_another_region_is_a_move_from_where_the_objects_are(stage: Stage) -> None:
    after = signed_up_again(lived(stage), replace(SIGNUP, region=Region.US))
    moved = replace(lived(stage), region=Region.US, moving_from=Region.EU, generation=8)
    assert after == unseen(moved, Region.US)


def test_before_the_first_provision_another_region_moves_nothing() -> None:
    after = signed_up_again(lived(Stage.AWAITING_CONSENT), replace(SIGNUP, region=Region.US))
    assert (after.region, after.moving_from, after.generation) == (Region.US, None, 8)


@given(st.sampled_from(IN_PLACE), st.lists(st.sampled_from(Region), max_size=5))
@modest
def test_however_often_it_changes_its_mind_a_move_starts_where_the_objects_were_and_redirect_stays_off(
    stage: Stage, regions: list[Region]
) -> None:
    tenant = lived(stage)
    for region in regions:
        was = tenant
        tenant = signed_up_again(tenant, replace(SIGNUP, region=region))
        assert tenant.region is region
        assert tenant.generation - was.generation == (region is not was.region)
    has_moved = any(region is not Region.EU for region in regions)
    assert tenant.moving_from is (Region.EU if has_moved else None)
    counts = wanted_now(replace(tenant, quiet_since=None), Fleet(), NOW, timedelta(minutes=30))
    assert (counts.region, counts.stage is Stage.ACTIVE) == (Region.EU, stage is Stage.ACTIVE and not has_moved)


def test_a_move_that_is_taken_back_is_still_one_until_a_look_has_found_it_done() -> None:
    there = signed_up_again(lived(Stage.ACTIVE), replace(SIGNUP, region=Region.US))
    back = signed_up_again(there, SIGNUP)
    assert (back.region, back.moving_from, back.generation) == (Region.EU, Region.EU, 9)


@pytest.mark.parametrize("region", list(Region))
def test_a_tenant_that_has_left_comes_back_new_with_its_guid_and_its_next_generation(region: Region) -> None:
    after = signed_up_again(replace(lived(Stage.OFFBOARDED), moving_from=Region.AU), replace(SIGNUP, region=region))
    new = tenant_of(Stage.AWAITING_CONSENT, region)
    assert after == replace(
        new, generation=8, reason=after.reason, company_name="Contoso", contact="it@contoso.example"
    )
    assert after.loop_check.reveal == CANARY


def test_a_tenant_that_comes_back_with_another_guid_is_newer_than_any_message() -> None:
    after = signed_up_again(lived(Stage.OFFBOARDED), replace(SIGNUP, loop_check=OTHER_GUID))
    assert (after.stage, after.loop_check, after.generation > 7) == (Stage.AWAITING_CONSENT, OTHER_GUID, True)


signups = st.builds(
    Signup,
    account_id=st.sampled_from(["acme", "evil"]),
    tenant_id=st.just(UUID(int=1)),
    region=st.sampled_from(Region),
    initial_domain=st.sampled_from(["contoso.onmicrosoft.com", "fabrikam.onmicrosoft.com"]),
    loop_check=st.sampled_from([None, Secret(CANARY), OTHER_GUID]),
)


@given(st.sampled_from(Stage), signups)
@modest
def test_whatever_a_signup_says_what_is_in_place_keeps_its_guid_domain_and_stage(stage: Stage, signup: Signup) -> None:
    before = lived(stage)
    try:
        after = signed_up_again(before, signup)
    except NotAllowed:
        assert stage is Stage.OFFBOARDING or signup.account_id == "evil" or stage in IN_PLACE
        return
    assert (after.account_id, after.tenant_id) == ("acme", before.tenant_id)
    assert after.generation >= before.generation
    if stage in IN_PLACE:
        changes = {"region", "moving_from", "generation", "verdict", "reason"}
        kept = {field.name for field in fields(Tenant)} - changes
        assert all(getattr(after, name) == getattr(before, name) for name in kept)
    if after.generation == before.generation:
        assert (after.stage, after.region, after.loop_check) == (stage, before.region, before.loop_check)
