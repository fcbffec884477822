"""Renew docs/mail-flow.md's tables and draw docs/mail-flow/*.svg, from what the evaluator makes of the twin's tenants.

Run ``python tools/mail_flow_page.py``. The prose is written by hand; what is made stands between ``<!-- name -->`` and
``<!-- /name -->``.
"""
# ruff: noqa: E402 - this is a script: the project must be on the path before it is imported

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_type_hints
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local.twin.admin_api import ADMINISTRATOR
from local.twin.mailflow.assumptions import Assumptions
from local.twin.mailflow.drawing import drawing
from local.twin.mailflow.filter import FILTERS
from local.twin.mailflow.flows import ALL_FLOWS, FLOWS, Scene, effect, routes
from local.twin.mailflow.organisation import organisation
from local.twin.mailflow.way import End, Route, World
from local.twin.state import TenantState
from local.twin.twin import Twin
from shared.adapters.exchange_calls import write_call
from shared.domain.desired import Spec, desired_state
from shared.domain.diff import diff
from shared.domain.observation import Complete
from shared.domain.plan import plan
from shared.domain.regions import Region
from shared.domain.resources import Item, Kind
from shared.domain.tenants import FailPolicy, Stage, Tenant
from shared.domain.values import Secret
from tools.marked import renewed

PAGE, FOLDER = ROOT / "docs" / "mail-flow.md", ROOT / "docs" / "mail-flow"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_IDS = ("00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b")
_NAMES = dict(zip(_IDS, ("Exchange: the customer", "Exchange: another"), strict=True))
_STAMPS = {tenant_id: f"stamp-{place}" for place, tenant_id in enumerate(_IDS)}
_SKIP_IPS = ("203.0.113.0/24", "2001:db8:e::/48")
_DOMAINS = ("contoso.example", "fabrikam.example")
FROM, TO, LOOP, REDIRECT = (item.value for item in (*list(Item)[:2], Item.LOOP_CHECK, Item.REDIRECT))
_IN, _OUT, _INSIDE, _TO_OTHER, *_ = FLOWS

Fault = tuple[str, str, dict[str, object]]
"""A cmdlet, the object's name, and its other parameters."""
_STOPPING = {"Name": "Newsletters", "Priority": 0, "PrependSubject": "[news] ", "StopRuleProcessing": True}

STAGES: Mapping[str, tuple[str, Stage, str]] = {
    "staged": ("Staged: both connectors on, both rules off", Stage.STAGED, _IN),
    "active-in": ("Active, from outside", Stage.ACTIVE, _IN),
    "active-out": ("Active, to outside", Stage.ACTIVE, _OUT),
    "active-inside": ("Active, inside the customer", Stage.ACTIVE, _INSIDE),
    "active-between": ("Active, to another customer of the filter", Stage.ACTIVE, _TO_OTHER),
}
"""What is drawn of healthy tenants: a title, the stage, and which mail is followed."""

FAULTS: Mapping[str, tuple[str, Fault, str]] = {
    "no-inbound": ("The inbound connector is off", ("Set-InboundConnector", FROM, {"Enabled": False}), _OUT),
    "no-outbound": ("The outbound connector is off", ("Set-OutboundConnector", TO, {"Enabled": False}), _IN),
    "wrong-host": (
        "The outbound connector leads elsewhere",
        ("Set-OutboundConnector", TO, {"SmartHosts": ["relay.example"]}),
        _IN,
    ),
    "no-loop-check": ("Loop Check is off", ("Disable-TransportRule", LOOP, {}), _IN),
    "no-stop": (
        "Loop Check does not stop rule processing",
        ("Set-TransportRule", LOOP, {"StopRuleProcessing": False}),
        _IN,
    ),
    "wrong-order": ("Loop Check stands below Redirect", ("Set-TransportRule", LOOP, {"Priority": 1}), _IN),
    "kept-header": ("Loop Check leaves its header", ("Set-TransportRule", LOOP, {"RemoveHeader": "X-Other"}), _OUT),
    "no-redirect": ("Redirect is off", ("Disable-TransportRule", REDIRECT, {}), _IN),
    "no-skip-list": ("Enhanced filtering has no list", ("Set-InboundConnector", FROM, {"EFSkipIPs": []}), _IN),
    "no-sealer": (
        "The ARC sealer is not trusted",
        ("Set-ArcConfig", "Default", {"ArcTrustedSealers": ["x.example"]}),
        _IN,
    ),
    "stopping-rule": (
        "A rule of the customer's above ours ends the processing",
        ("New-TransportRule", "", _STOPPING),
        _IN,
    ),
}
"""What is drawn of an active tenant in which one thing is wrong."""


def scene(stage: Stage, *faults: Fault) -> Scene:
    """A customer at a stage, damaged by its administrator, beside another customer."""
    twin = Twin("https://127.0.0.1", lambda: _NOW)
    customer, other = (_provisioned(twin, place, stage if place == 0 else Stage.ACTIVE) for place in (0, 1))
    for cmdlet, identity, parameters in faults:
        named = {"Identity": identity} if identity else {}
        _run(twin, customer, cmdlet, {**named, **parameters})
    tenants = tuple(
        organisation(tenant, frozenset({tenant.domain, domain}))
        for tenant, domain in zip((customer, other), _DOMAINS, strict=True)
    )
    world = World(tenants, _STAMPS, _SKIP_IPS, _NOW)
    return Scene(world, *_IDS, *_DOMAINS, FILTERS[1])


def _provisioned(twin: Twin, place: int, stage: Stage) -> TenantState:
    """A tenant as the product's own plan makes it."""
    directory = twin.create_tenant(_IDS[place], f"tenant{place}.onmicrosoft.com", seed=place, rules=0)
    directory.switches.server_rules = False
    tenant = Tenant(UUID(_IDS[place]), "", Region.EU, "", Secret(_STAMPS[_IDS[place]]), stage, 1, _NOW, _NOW)
    desired = desired_state(tenant, Spec("", dict.fromkeys(Region, _SKIP_IPS)))
    fresh = {kind: Complete(()) for kind in Kind}
    for step in plan(desired, fresh, diff(desired, fresh, {}, active=stage is Stage.ACTIVE), FailPolicy.OPEN):
        call = write_call(step)
        _run(twin, directory, call.cmdlet, {name: _revealed(value) for name, value in call.parameters.items()})
    return directory


def _revealed(value: object) -> object:
    if isinstance(value, tuple):
        return [_revealed(part) for part in value]
    return value.reveal if isinstance(value, Secret) else value


def _run(twin: Twin, directory: TenantState, cmdlet: str, parameters: dict[str, object]) -> None:
    response = twin.exchange.perform(directory, cmdlet, parameters, ADMINISTRATOR)
    assert response.status == 200, response.body  # noqa: PLR2004 - HTTP's own number


def drawings() -> dict[str, str]:
    """Every picture, by its file's name."""
    drawn = {name: (title, scene(stage), flow) for name, (title, stage, flow) in STAGES.items()}
    drawn |= {name: (title, scene(Stage.ACTIVE, fault), flow) for name, (title, fault, flow) in FAULTS.items()}
    return {
        f"{name}.svg": drawing(FLOWS[flow](place), _NAMES, place.customer, f"{title}; {flow}")
        for name, (title, place, flow) in drawn.items()
    }


def page(text: str) -> str:
    """The page with its tables made anew."""
    tables = {
        "flows": (("mail", "staged", "active"), _flows()),
        "faults": (("fault", "effect", "picture"), _faults()),
        "assumptions": (
            ("switch", "positions, the likely one first", "what it decides", "at the other position"),
            _assumptions(),
        ),
    }
    return renewed(text, tables)


def _flows() -> Iterator[tuple[str, ...]]:
    staged, active = (scene(stage) for stage in (Stage.STAGED, Stage.ACTIVE))
    for name, flow in ALL_FLOWS.items():
        yield name, *(_ending(flow(place), place.customer) for place in (staged, active))


def _ending(route: Route, customer: str) -> str:
    return f"{route.end}, {'not scanned' if customer in route.unscanned_for else 'scanned'}"


def _faults() -> Iterator[tuple[str, ...]]:
    for name, (title, fault, _) in FAULTS.items():
        yield title, effect(scene(Stage.ACTIVE, fault)), f"![{title}](mail-flow/{name}.svg)"


def _assumptions() -> Iterator[tuple[str, ...]]:
    """Each switch, its grade and meaning, and which mail is lost or unscanned at its other position."""
    place = scene(Stage.ACTIVE)
    for name, kind in get_type_hints(Assumptions).items():
        positions = [str(position) for position in kind]
        other = replace(place.world.assumptions, **{name: kind(positions[1])})
        found = routes(replace(place, world=replace(place.world, assumptions=other)))
        worse = [f"{mail}: {route.end}" for mail, route in found.items() if route.end is not End.DELIVERED]
        words = ", ".join(f"`{position}`" for position in positions)
        yield f"`{name}`", words, " ".join(str(kind.__doc__).split()), "; ".join(worse) or "nothing changes"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, svg in drawings().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
