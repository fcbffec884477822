"""Who may do what: the promises of docs/decisions/0022, read off the template."""

from collections.abc import Mapping
from typing import Any

from tests.infra.bicep import Files, Template, parsed, shown
from tests.infra.product import APPS, MAIN, ROLES

SENDS = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"
READS_TABLES = "76199698-9eea-4c19-bc75-cec21354c6b6"
WRITES_TABLES = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"

PROMISED: Mapping[str, frozenset[tuple[str, str]]] = {
    "intake": frozenset(
        {(SENDS, name) for name in ("provision", "remediate")}
        | {(WRITES_TABLES, name) for name in ("loopchecks", "tenants", "timeline", "webhooks")}
    ),
    "desk": frozenset(
        {(SENDS, name) for name in ("provision", "verify", "remediate", "offboard", "notify")}
        | {
            (WRITES_TABLES, name)
            for name in ("broken", "fleet", "keys", "parked", "tenants", "timeline", "watermarks", "webhooks")
        }
        | {(READS_TABLES, "proofs")}
    ),
}
"""What the two apps that face the internet may do in the account of the work: this, and nothing else."""


def send_only(files: Files) -> list[str]:
    """Intake and desk send, and take nothing off a queue; each has its own tables and no account as a whole."""
    template = parsed(files[ROLES])
    found = []
    for app, promised in PROMISED.items():
        actual = _granted(template, f"{app}PrincipalId")
        found += [f"{app}: {what} on {on} is more than it needs" for what, on in sorted(actual - promised)]
        found += [f"{app}: {what} on {on} is missing" for what, on in sorted(promised - actual)]
    return found


def _granted(template: Template, principal: str) -> set[tuple[str, str]]:
    rows = {row.symbol: row for row in template.resources}
    found: set[tuple[str, str]] = set()
    for row in template.of_kind("Microsoft.Authorization/roleAssignments"):
        if shown(row.body["properties"]["principalId"]) != principal:
            continue
        definition = row.body["properties"]["roleDefinitionId"]
        role = shown(template.variables.get(definition["function"]["parameters"]["resource_name_1"]))
        scope = shown(row.body.get("scope", "the whole group"))
        target = rows.get(scope.removesuffix("[i]"))
        named = template.variables.get(target.each) if target is not None and target.each else None
        found |= {(role, name) for name in named or [target.body["name"] if target else scope]}
    return found


def apart(files: Files) -> list[str]:
    """Each app has its own identity and its own storage account, and only two can become the application in Entra."""
    template = parsed(files[MAIN])
    found = []
    for app in APPS:
        call = template.module(app)
        own = {
            "identityId": f"{app}Identity.outputs.id",
            "identityClientId": f"{app}Identity.outputs.clientId",
            "hostStorageName": f"{app}Storage.outputs.name",
            "furtherIdentityIds": "[]" if app == "intake" else "[exchangeIdentity.outputs.id]",
            "isPublic": str(app != "worker"),
        }
        found += _differing(f"{app}", call, own)
        owner = {"ownerPrincipalId": f"{app}Identity.outputs.principalId"}
        found += _differing(f"{app}Storage", template.module(f"{app}Storage"), owner)
        roles = {f"{app}PrincipalId": f"{app}Identity.outputs.principalId"}
        found += _differing("workRoles", template.module("workRoles"), roles)
    return found


def vault_readers(files: Files) -> list[str]:
    """Who resolves which secret: the certificate is not the intake's, and only the worker tells anybody anything."""
    template = parsed(files[MAIN])
    every = ", ".join(f"{app}Identity.outputs.principalId" for app in APPS)
    two = ", ".join(f"{app}Identity.outputs.principalId" for app in APPS if app != "intake")
    worker = "workerIdentity.outputs.principalId"
    return (
        _differing("webhookVault", template.module("webhookVault"), {"readerPrincipalIds": f"[{every}]"})
        + _differing("certificateVault", template.module("certificateVault"), {"readerPrincipalIds": f"[{two}]"})
        + (_differing("notifyVault", template.module("notifyVault"), {"readerPrincipalIds": f"[{worker}]"}))
    )


def _differing(where: str, call: Mapping[str, Any], wanted: Mapping[str, str]) -> list[str]:
    return [
        f"{where}: {name} is {shown(call.get(name))} and not {value}"
        for name, value in wanted.items()
        if shown(call.get(name)) != value
    ]
