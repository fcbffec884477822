"""The kinds of mail that a customer has, and what a configuration does to all of them, in one word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from local.twin.mailflow.conditions import conditions
from local.twin.mailflow.filter import STAMP, Service
from local.twin.mailflow.message import Message
from local.twin.mailflow.route import from_filter, from_internet, from_mailbox
from local.twin.mailflow.way import End, Route, World

OUTSIDE = "someone@outside.example"
OURS = frozenset({"MailMarshal Cloud Integrated Loop Check", "MailMarshal Cloud Integrated Redirect"})
"""The names of the two rules (vendor article Q21244)."""


@dataclass(frozen=True)
class Scene:
    """A customer, and another customer of the same filter.

    Attributes:
        world: Both of them.
        customer, neighbour: Their ids.
        customers_domain, neighbours_domain: A domain of each.
        service: The filter of the customer's region.
        meets: Conditions that every message meets, beyond those that the evaluator computes.
    """

    world: World
    customer: str
    neighbour: str
    customers_domain: str
    neighbours_domain: str
    service: Service
    meets: frozenset[str] = field(default=frozenset())

    @property
    def here(self) -> str:
        """Somebody at the customer."""
        return f"anna@{self.customers_domain}"

    @property
    def there(self) -> str:
        """Somebody at the other customer."""
        return f"ben@{self.neighbours_domain}"

    def letter(self, sender: str, recipient: str, *stamps: str) -> Message:
        """A message from somebody to somebody."""
        headers = tuple((STAMP, stamp) for stamp in stamps)
        return Message(sender, sender, recipient, headers, self.meets)


def _incoming(scene: Scene) -> Route:
    return from_internet(scene.world, scene.letter(OUTSIDE, scene.here))


def _outgoing(scene: Scene) -> Route:
    return from_mailbox(scene.world, scene.letter(scene.here, OUTSIDE), scene.customer)


def _internal(scene: Scene) -> Route:
    return from_mailbox(scene.world, scene.letter(scene.here, f"carla@{scene.customers_domain}"), scene.customer)


def _to_customer(scene: Scene) -> Route:
    return from_mailbox(scene.world, scene.letter(scene.here, scene.there), scene.customer)


def _from_customer(scene: Scene) -> Route:
    return from_mailbox(scene.world, scene.letter(scene.there, scene.here), scene.neighbour)


def _automatic(scene: Scene) -> Route:
    message = Message("", scene.here, OUTSIDE, meets=scene.meets)
    return from_mailbox(scene.world, message, scene.customer)


def _scanned(scene: Scene) -> Route:
    stamp = scene.world.stamps.get(scene.customer, "")
    letter = scene.letter(f"return@{scene.service.host}", scene.here, stamp)
    scanned = replace(letter, author=OUTSIDE, scanned_for=frozenset({scene.customer}))
    return from_filter(scene.world, scanned, scene.service)


def _foreign_stamp(scene: Scene) -> Route:
    stamp = scene.world.stamps.get(scene.neighbour, "")
    return from_internet(scene.world, scene.letter(OUTSIDE, scene.here, stamp))


def _forged_stamp(scene: Scene) -> Route:
    stamp = scene.world.stamps.get(scene.customer, "")
    return from_internet(scene.world, scene.letter(OUTSIDE, scene.here, stamp))


FLOWS: Mapping[str, Callable[[Scene], Route]] = {
    "from outside to the customer": _incoming,
    "from the customer to outside": _outgoing,
    "inside the customer": _internal,
    "from the customer to another customer": _to_customer,
    "from another customer to the customer": _from_customer,
    "an automatic answer to outside": _automatic,
    "scanned already, handed over again": _scanned,
    "from outside, with another customer's stamp": _foreign_stamp,
}
"""What everybody's mail is."""

FORGED = "from outside, with the customer's own stamp"
"""What nobody outside can send while the stamp is a secret; it passes unscanned."""
ALL_FLOWS: Mapping[str, Callable[[Scene], Route]] = {**FLOWS, FORGED: _forged_stamp}


class Effect(StrEnum):
    """What a configuration does to the customer's mail, worst first."""

    OUTAGE = "outage"
    BYPASS = "bypass"
    DEGRADED = "degraded"
    COSMETIC = "cosmetic"


def routes(scene: Scene) -> dict[str, Route]:
    """Follow one message of every kind."""
    return {name: flow(scene) for name, flow in FLOWS.items()}


def effect(scene: Scene) -> Effect:
    """What a configuration is to a customer whose mail is to be scanned: the worst of all kinds of mail.

    Messages that meet no special condition are followed, and messages that meet every one.
    """
    scenes = [replace(scene, meets=meets) for meets in (frozenset(), conditions())]
    grades = [graded(route, scene.customer) for one in scenes for route in routes(one).values()]
    return min(grades, key=tuple(Effect).index)


def graded(route: Route, customer: str) -> Effect:
    """What one route is to a customer; what a rule of the customer's own does to mail is the customer's wish."""
    is_ours_to_answer = route.end is not End.REMOVED or route.by in OURS
    if (route.end is not End.DELIVERED and is_ours_to_answer) or not OURS.isdisjoint(route.copied_by):
        return Effect.OUTAGE
    if route.end is End.REMOVED:
        return Effect.COSMETIC
    if customer in route.unscanned_for or customer in route.leaked:
        return Effect.BYPASS
    is_weak = route.weaknesses or not OURS.isdisjoint(route.altered_by)
    return Effect.DEGRADED if is_weak else Effect.COSMETIC
