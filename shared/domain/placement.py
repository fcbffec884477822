"""Where our two rules stand: below everything else, Loop Check directly above Redirect.

Source: vendor article Q21244 ("below existing items"), exchange contract §2.4.4 (priority).
"""

from shared.domain.observation import Absent, Observation, Present, look_for
from shared.domain.resources import Item, Kind, Resource


def beside_its_fellow(observation: Observation, resource: Resource) -> int | None:
    """Where a new rule must go to stand beside its fellow; ``None`` for the bottom, where Exchange puts it itself."""
    if resource.kind is not Kind.TRANSPORT_RULE:
        return None
    fellow = Item.REDIRECT if resource.item is Item.LOOP_CHECK else Item.LOOP_CHECK
    sight = look_for(_named(resource, fellow), observation)
    if not isinstance(sight, Present) or sight.place is None:
        return None
    if resource.item is Item.LOOP_CHECK:
        return sight.place
    here = look_for(resource, observation)
    below = sight.place + 1
    return below if isinstance(here, Absent) and below < here.count else None


def above_redirect(observation: Observation, loop_check: Resource) -> int:
    """The priority that puts Loop Check directly above Redirect; moving it away first shifts what stood below it."""
    upper = look_for(loop_check, observation)
    lower = look_for(_named(loop_check, Item.REDIRECT), observation)
    assert isinstance(upper, Present)
    assert isinstance(lower, Present)
    assert upper.place is not None
    assert lower.place is not None
    return lower.place - 1 if upper.place < lower.place else lower.place


def _named(rule: Resource, item: Item) -> Resource:
    return Resource(rule.kind, item.value, item, rule.enabled, rule.effect, ())
