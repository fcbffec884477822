"""How many tenants there are of each kind, from a stream of them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.headcount import KINDS, Counted, headcount
from shared.domain.tenants import Stage
from tests.fakes import NOW

ONE = Counted(
    UUID(int=1),
    {"region": "eu", "stage": "active", "verdict": "healthy", "spec": "7"},
    {"Redirect": "altered (SetSCL, Mode)"},
    NOW,
)
FLEETS = st.lists(
    st.builds(
        Counted,
        st.none() | st.uuids(),
        st.fixed_dictionaries({name: st.sampled_from(["a", "b", "offboarded"]) for name in KINDS}),
        st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["on", "off", "altered (a)", "altered (b)"])),
        st.none() | st.integers(0, 99).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    ),
    max_size=20,
)


def test_an_item_counts_by_what_is_wrong_with_it_whatever_settings_differ() -> None:
    assert headcount([ONE, replace(ONE, items={"Redirect": "altered (Mode)"})], NOW).items == {
        "Redirect": {"altered": 2}
    }


def test_who_has_left_is_a_tenant_and_not_watched() -> None:
    left = replace(ONE, kinds={**ONE.kinds, "stage": str(Stage.OFFBOARDED)}, checked_at=NOW - timedelta(days=9))
    count = headcount([ONE, left], NOW)
    assert (count.tenants, count.watched, count.oldest) == (2, 1, (UUID(int=1), NOW))
    assert count.kinds["stage"] == {"active": 1, "offboarded": 1}
    assert count.items == {"Redirect": {"altered": 1}}


@given(FLEETS)
def test_everybody_counts_once_in_whatever_order_they_come(fleet: list[Counted]) -> None:
    count = headcount(iter(fleet), NOW)
    there = [tenant for tenant in fleet if tenant.kinds["stage"] != "offboarded"]
    assert (count.tenants, count.watched) == (len(fleet), len(there))
    assert count.kinds == {name: Counter(tenant.kinds[name] for tenant in fleet) for name in KINDS}
    assert sum(sum(states.values()) for states in count.items.values()) == sum(len(tenant.items) for tenant in there)
    looks = [tenant.checked_at for tenant in there if tenant.tenant_id and tenant.checked_at]
    assert (count.oldest[1] if count.oldest else None) == min(looks, default=None)
    again = headcount(reversed(fleet), NOW)
    assert (again.kinds, again.items) == (count.kinds, count.items)
