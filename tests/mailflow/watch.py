"""Follow mail before and after every write of the product: no write of ours may be the one that loses it."""

from collections.abc import Callable

from local.twin.mailflow.conditions import conditions
from local.twin.mailflow.flows import Effect, graded, routes
from tests.mailflow.scenes import scene_of
from tests.on_twin import OnTwin


def lost(world: OnTwin) -> dict[str, str]:
    """The kinds of mail that are lost, looping, or reach a stranger now, each with its end."""
    found = {}
    for meets in (frozenset(), conditions()):
        scene = scene_of(world, meets=meets)
        for name, route in routes(scene).items():
            if graded(route, scene.customer) is Effect.OUTAGE:
                found[f"{name}{', special' if meets else ''}"] = str(route.end)
    return found


def watched(world: OnTwin) -> OnTwin:
    """Let every write be judged by the mail that it loses."""

    def before() -> Callable[[], None]:
        already = lost(world)

        def after() -> None:
            new = {name: end for name, end in lost(world).items() if name not in already}
            assert not new, new

        return after

    world.watchers.append(before)
    return world
