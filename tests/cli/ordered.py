"""Orders that move mail: what is typed for each, and a tenant that each is for."""

from uuid import UUID

from shared.domain.tenants import Stage
from tests.cli.keeper import Keeper

UNTIL = ("--reason", "their filter is down", "--until", "4h")
ORDERS = {
    "activate": (Stage.STAGED, Stage.ACTIVE),
    "deactivate": (Stage.ACTIVE, Stage.STAGED),
    "pause": (Stage.ACTIVE, Stage.PAUSED),
    "resume": (Stage.PAUSED, Stage.ACTIVE),
    "offboard": (Stage.ACTIVE, Stage.OFFBOARDING),
}
"""From which stage to which an order leads."""


def words_of(name: str, *more: str) -> tuple[str, ...]:
    return (name, *more, *(UNTIL if name == "pause" else ()))


def tenant_at(keeper: Keeper, number: int, stage: Stage) -> UUID:
    tenant_id = keeper.tenant(number, Stage.STAGED if stage is Stage.STAGED else Stage.ACTIVE).tenant_id
    if stage is Stage.PAUSED:
        keeper("pause", str(tenant_id), *UNTIL, "--yes", "--wait")
        keeper.on.clock.advance(minutes=5)
    return tenant_id
