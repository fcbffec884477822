"""What the product says a fault does to mail is what the routes show; and it never says too little of several."""

from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.twin.mailflow.flows import effect
from shared.domain.resources import Effect
from shared.domain.tenants import Stage
from tests.mailflow.damage import SINGLE, Damage, drifts_of, worst
from tests.mailflow.scenes import provisioned, scene, taken

ORDER = tuple(Effect)
HEALTHY = {stage: taken(provisioned(stage).directory) for stage in (Stage.STAGED, Stage.ACTIVE)}


def test_a_healthy_active_tenant_has_nothing_wrong_on_any_route() -> None:
    assert (effect(scene(HEALTHY[Stage.ACTIVE])), drifts_of(HEALTHY[Stage.ACTIVE])) == ("cosmetic", ())


@pytest.mark.parametrize(("damage", "shown"), SINGLE, ids=str)
def test_what_the_product_says_of_a_fault_is_what_the_routes_show(damage: Damage, shown: Effect) -> None:
    tenant = damage.apply(HEALTHY[Stage.ACTIVE])
    assert (str(effect(scene(tenant))), worst(drifts_of(tenant))) == (shown, shown)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.sampled_from([damage for damage, _ in SINGLE]), min_size=2, max_size=4, unique_by=str))
def test_no_combination_of_faults_is_worse_than_the_product_says(damages: list[Damage]) -> None:
    tenant = reduce(lambda before, damage: damage.apply(before), damages, HEALTHY[Stage.ACTIVE])
    assert ORDER.index(worst(drifts_of(tenant))) <= ORDER.index(Effect(effect(scene(tenant))))
