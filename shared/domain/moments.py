"""What time makes of a tenant: what counts at this moment, what ends by itself, and when to think of it again."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.decisions import Suspension
from shared.domain.fleet import Fleet, is_paused
from shared.domain.lifecycle import rearmed
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Tenant

GRACE = timedelta(minutes=2)
"""When the timer takes over an order or a signup whose message was lost."""
_LONGEST_WARNING = timedelta(hours=1)


def wanted_now(tenant: Tenant, fleet: Fleet, now: datetime, draining: timedelta) -> Tenant:
    """The tenant as it counts at this moment: under the fleet's pauses, and in whichever half of a move it is.

    A move never shows two regions while Redirect is on: first Redirect goes off over the old region, then, when mail
    that was on its way has passed, the connectors change, and Redirect comes back over the new one.

    Args:
        tenant: As it is stored.
        fleet: What is wanted of the whole fleet.
        now: The time.
        draining: How long mail may still be on its way after Redirect went off.
    """
    if tenant.stage is Stage.ACTIVE and (tenant.moving_from is not None or is_paused(tenant, fleet, now)):
        tenant = replace(tenant, stage=Stage.PAUSED)
    region = region_now(tenant, now, draining)
    return tenant if region is tenant.region else replace(tenant, region=region)


def region_now(tenant: Tenant, now: datetime, draining: timedelta) -> Region:
    """The region that a tenant's connectors are to lead to: in a move the old one, until mail has drained."""
    if tenant.moving_from is not None and not is_drained(tenant, now, draining):
        return tenant.moving_from
    return tenant.region


def is_drained(tenant: Tenant, now: datetime, draining: timedelta) -> bool:
    """Whether Redirect has been off for so long that no mail is on its way through MailMarshal Cloud."""
    return tenant.quiet_since is not None and now - tenant.quiet_since >= draining


def passed(tenant: Tenant, now: datetime) -> Tenant:
    """What time has made of a tenant: a warning before a pause or a hold ends, and its end."""
    if tenant.pause is not None:
        tenant = _pause_passed(tenant, tenant.pause, now)
    if tenant.hold is not None:
        ended = None if now >= tenant.hold.until else warned(tenant.hold, now)
        tenant = tenant if ended == tenant.hold else replace(tenant, hold=ended)
    over = {name for name, deviation in tenant.deviations.items() if now >= deviation.until}
    if over:
        left = {name: deviation for name, deviation in tenant.deviations.items() if name not in over}
        tenant = replace(tenant, deviations=left)
    return tenant


def _pause_passed(tenant: Tenant, pause: Suspension, now: datetime) -> Tenant:
    if now >= pause.until:
        return rearmed(tenant)
    soon = warned(pause, now)
    return tenant if soon == pause else replace(tenant, pause=soon)


def warned(suspension: Suspension, now: datetime) -> Suspension:
    """A pause or a hold as it counts now: with its warning given, once its end is near."""
    return suspension if suspension.is_warned or now < warning_at(suspension) else replace(suspension, is_warned=True)


def warning_at(suspension: Suspension) -> datetime:
    """When it is said that the end is near: an hour before, or a quarter of the whole where that is less."""
    return suspension.until - min(_LONGEST_WARNING, (suspension.until - suspension.since) / 4)


def next_moment(tenant: Tenant, turn: datetime) -> datetime:
    """When a tenant must be thought of again: at its turn, or earlier where something begins or ends by itself."""
    suspensions = [suspension for suspension in (tenant.pause, tenant.hold) if suspension is not None]
    moments = (
        turn,
        *(deviation.until for deviation in tenant.deviations.values()),
        *(each.until if each.is_warned else warning_at(each) for each in suspensions),
    )
    return min(moments)
