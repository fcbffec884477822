"""Follow one message to its end, hop by hop. Pure, and it always ends: a state that comes back is a loop."""

from dataclasses import replace

from local.twin.mailflow.assumptions import BrokenRoute
from local.twin.mailflow.connectors import Arrival, attributed, carried, recipients_tenant
from local.twin.mailflow.filter import STAMP, Service, returned
from local.twin.mailflow.message import Message, domain_of
from local.twin.mailflow.organisation import Organisation
from local.twin.mailflow.rules import Outcome, processed
from local.twin.mailflow.way import INTERNET, MAILBOX, NOWHERE, End, Hop, Route, World

_MOST_TENANTS = 50
"""Exchange counts hops as well, and gives up."""


def from_internet(world: World, message: Message) -> Route:
    """Follow a message that comes from outside, by the recipient's MX record."""
    owner = recipients_tenant(world.organisations, message)
    if owner is None:
        return Route(End.REFUSED, [Hop(INTERNET, NOWHERE, "the recipient's domain is nobody's")])
    route = Route(hops=[Hop(INTERNET, owner.tenant_id, "by MX record")])
    return _follow(world, message, Arrival(owner, is_outgoing=False), route)


def from_mailbox(world: World, message: Message, tenant_id: str) -> Route:
    """Follow a message that somebody in a tenant sends."""
    owner = next(org for org in world.organisations if org.tenant_id == tenant_id)
    route = Route(hops=[Hop(MAILBOX, tenant_id, "sent")])
    return _follow(world, message, Arrival(owner, is_outgoing=True), route)


def from_filter(world: World, message: Message, service: Service) -> Route:
    """Follow a message that the filter hands over a second time."""
    route = Route(hops=[])
    arrival = _returned(world, message, service, route)
    return route if arrival is None else _follow(world, message, arrival, route)


def _follow(world: World, message: Message, arrival: Arrival, route: Route) -> Route:
    seen: set[tuple[str, bool, Message]] = set()
    here: Arrival | None = arrival
    while here is not None:
        state = (here.organisation.tenant_id, here.is_outgoing, message)
        if state in seen or len(seen) == _MOST_TENANTS:
            route.end = End.LOOPED
            break
        seen.add(state)
        route.visited.add(here.organisation.tenant_id)
        route.weaknesses.update(here.weaknesses)
        message, here = _through(world, message, here, route)
    route.scanned_for = message.scanned_for
    return route


def _through(world: World, message: Message, here: Arrival, route: Route) -> tuple[Message, Arrival | None]:
    """Take a message through one tenant's rules and to where they, or its address, send it."""
    tenant = here.organisation
    outcome = processed(
        tenant, message, is_inside=here.is_inside, now=world.now, two_routes=world.assumptions.two_routes
    )
    route.copied_by.update(outcome.copied_by)
    if outcome.removed_by:
        route.ends(Hop(tenant.tenant_id, NOWHERE, outcome.removed_by), End.REMOVED, outcome.removed_by)
        return outcome.message, None
    route.altered_by.update(outcome.altered_by)
    if outcome.connector:
        return _by_connector(world, outcome, tenant, route)
    return outcome.message, _by_address(world, outcome.message, tenant, route)


def _by_connector(world: World, outcome: Outcome, tenant: Organisation, route: Route) -> tuple[Message, Arrival | None]:
    sent = carried(tenant.outbound_named(outcome.connector))
    message = outcome.message
    if isinstance(sent, str):
        if world.assumptions.broken_route is BrokenRoute.PASSED_OVER:
            return message, _by_address(world, message, tenant, route)
        route.ends(Hop(tenant.tenant_id, NOWHERE, sent), End.EXPIRED, outcome.routed_by)
        return message, None
    if sent.service is None:
        route.ends(Hop(tenant.tenant_id, NOWHERE, f"to {sent.host}"), End.STRANGER, outcome.routed_by)
        return message, None
    route.weaknesses.update(sent.weaknesses)
    route.by = outcome.routed_by
    route.hops.append(Hop(tenant.tenant_id, sent.service.name, outcome.routed_by))
    message = returned(sent.service, message, tenant, world.stamps, world.assumptions)
    return message, _returned(world, message, sent.service, route)


def _returned(world: World, message: Message, service: Service, route: Route) -> Arrival | None:
    """Hand a message back to Exchange."""
    arrival = attributed(world, message, service)
    if arrival is None:
        route.ends(Hop(service.name, NOWHERE, "relay denied"), End.REFUSED)
        return None
    if not service.scans:
        # What another vendor's relay weakens is no matter of ours.
        arrival = replace(arrival, weaknesses=())
    why = "scanned" if service.scans else "given back"
    route.hops.append(Hop(service.name, arrival.organisation.tenant_id, why))
    return arrival


def _by_address(world: World, message: Message, tenant: Organisation, route: Route) -> Arrival | None:
    """Deliver inside the tenant, or send on to wherever the recipient's domain is."""
    if tenant.owns(domain_of(message.recipient)):
        route.ends(Hop(tenant.tenant_id, MAILBOX, "delivered"), End.DELIVERED)
        return None
    stamp = world.stamps.get(tenant.tenant_id)
    if stamp is not None and any(stamp in value for value in message.values(STAMP)):
        route.leaked.add(tenant.tenant_id)
    other = recipients_tenant(world.organisations, message)
    if other is not None:
        route.hops.append(Hop(tenant.tenant_id, other.tenant_id, "by MX record"))
        return Arrival(other, is_outgoing=False)
    route.ends(Hop(tenant.tenant_id, INTERNET, "delivered outside"), End.DELIVERED)
    return None
