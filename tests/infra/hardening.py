"""What must be shut on each kind of resource, and what must be watched. Each check is files → complaints."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.infra.bicep import Declared, Files, parsed, shown, walk

Check = Callable[[Files], list[str]]

_STORAGE = "Microsoft.Storage/storageAccounts"
_VAULT = "Microsoft.KeyVault/vaults"
_SITE = "Microsoft.Web/sites"

PROPERTIES: Mapping[str, Mapping[str, object]] = {
    _STORAGE: {
        "properties.allowSharedKeyAccess": False,
        "properties.allowBlobPublicAccess": False,
        "properties.allowCrossTenantReplication": False,
        "properties.defaultToOAuthAuthentication": True,
        "properties.minimumTlsVersion": "TLS1_2",
        "properties.supportsHttpsTrafficOnly": True,
    },
    "Microsoft.Storage/storageAccounts/blobServices/containers": {"properties.publicAccess": "None"},
    _VAULT: {
        "properties.enableRbacAuthorization": True,
        "properties.enableSoftDelete": True,
        "properties.softDeleteRetentionInDays": 90,
        "properties.enablePurgeProtection": True,
        "properties.enabledForDeployment": False,
        "properties.enabledForDiskEncryption": False,
        "properties.enabledForTemplateDeployment": False,
    },
    "Microsoft.Insights/components": {"properties.DisableLocalAuth": True},
    "Microsoft.OperationalInsights/workspaces": {"properties.features.disableLocalAuth": True},
    "Microsoft.Web/serverfarms": {"sku.name": "FC1", "sku.tier": "FlexConsumption", "properties.reserved": True},
    _SITE: {
        "kind": "functionapp,linux",
        "identity.type": "UserAssigned",
        "properties.httpsOnly": True,
        "properties.keyVaultReferenceIdentity": "identityId",
        "properties.functionsRuntimeAdminIsolationEnabled": "adminIsolation",
        "properties.siteConfig.minTlsVersion": "1.2",
        "properties.siteConfig.scmMinTlsVersion": "1.2",
        "properties.siteConfig.ftpsState": "Disabled",
        "properties.siteConfig.remoteDebuggingEnabled": False,
        "properties.siteConfig.ipSecurityRestrictionsDefaultAction": "conditional(isPublic, Allow, Deny)",
        "properties.functionAppConfig.runtime.name": "python",
        "properties.functionAppConfig.runtime.version": "3.13",
        "properties.functionAppConfig.deployment.storage.authentication.type": "UserAssignedIdentity",
    },
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"properties.allow": False},
    "Microsoft.Authorization/locks": {"properties.level": "CanNotDelete"},
    "Microsoft.Authorization/roleAssignments": {"properties.principalType": "ServicePrincipal"},
}
"""What each resource of a type must say."""

VERSIONS: Mapping[str, str] = {
    "Microsoft.Authorization/locks": "2020-05-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Consumption/budgets": "2024-08-01",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/activityLogAlerts": "2020-10-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
    "Microsoft.Insights/webtests": "2022-06-15",
    "Microsoft.Insights/workbooks": "2023-06-01",
    "Microsoft.KeyVault/vaults": "2024-11-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/privateEndpoints": "2025-05-01",
    "Microsoft.Network/virtualNetworks": "2025-05-01",
    "Microsoft.OperationalInsights/workspaces": "2025-07-01",
    "Microsoft.Storage/storageAccounts": "2025-06-01",
    "Microsoft.Web/serverfarms": "2025-03-01",
    "Microsoft.Web/sites": "2025-03-01",
}
"""One API version for each type and what lies below it."""

WATCHED: Mapping[str, frozenset[str]] = {
    "modules/app.bicep site": frozenset({"FunctionAppLogs", "AllMetrics"}),
    "modules/hostStorage.bicep blobService": frozenset({"StorageWrite", "StorageDelete"}),
    "modules/workStorage.bicep tableService": frozenset(
        {"StorageRead", "StorageWrite", "StorageDelete", "Transaction"}
    ),
    "modules/workStorage.bicep queueService": frozenset({"StorageWrite", "StorageDelete", "Transaction"}),
    "modules/vault.bicep vault": frozenset({"AuditEvent"}),
    "modules/monitoring.bicep workspace": frozenset({"Audit"}),
}
"""What goes into the workspace, by what it is about."""

LOCKED = frozenset({"modules/workStorage.bicep account", "modules/vault.bicep vault"})

_KEYS = re.compile(r"\blistKeys\b|\.listKeys\(|AccountKey|SharedAccessKey|listSas|listAccountSas|InstrumentationKey")


def shut(files: Files) -> list[str]:
    """Every resource says what its type must say; no file asks for a key."""
    found = [f"{file}: a key is asked for ({hit[0]})" for file, text in files.items() for hit in _KEYS.finditer(text)]
    for file, resource in _made(files):
        for path, expected in PROPERTIES.get(resource.kind, {}).items():
            actual = _at(resource.body, path)
            if shown(actual) != str(expected):
                found.append(f"{file}: {resource.symbol}: {path} is {shown(actual)} and not {expected}")
    return found


def no_passwords(files: Files) -> list[str]:
    """Every site has both of its basic publishing credentials switched off."""
    found = []
    for file, text in files.items():
        sites = [site.symbol for site in parsed(text).of_kind(_SITE)]
        policies = parsed(text).of_kind("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
        off = {(shown(row.body.get("parent")), row.body.get("name")) for row in policies}
        found += [
            f"{file}: {name} of {site} is on" for site in sites for name in ("ftp", "scm") if (site, name) not in off
        ]
    return found


def known_versions(files: Files) -> list[str]:
    """Every type is asked for in the one version that was looked up for it."""
    found = []
    for file, text in files.items():
        for resource in parsed(text).resources:
            kind = "/".join(resource.kind.split("/")[:2])
            if VERSIONS.get(kind) != resource.version:
                found.append(f"{file}: {resource.symbol}: {resource.kind}@{resource.version} is not on the list")
    return found


def watched(files: Files) -> list[str]:
    """What happens is written into the workspace."""
    actual: dict[str, set[str]] = {}
    for file, resource in _made(files):
        if resource.kind == "Microsoft.Insights/diagnosticSettings":
            properties = resource.body["properties"]
            rows = [*properties.get("logs", []), *properties.get("metrics", [])]
            about = f"{file} {shown(resource.body.get('scope'))}"
            actual.setdefault(about, set()).update(row["category"] for row in rows if row.get("enabled") is True)
    return [
        f"{about}: {category} is not written down"
        for about, categories in WATCHED.items()
        for category in sorted(categories - actual.get(about, set()))
    ]


def locked(files: Files) -> list[str]:
    """What holds data has a lock."""
    actual = {
        f"{file} {shown(resource.body.get('scope'))}"
        for file, resource in _made(files)
        if resource.kind == "Microsoft.Authorization/locks"
    }
    return [f"{about}: there is no lock" for about in sorted(LOCKED - actual)]


def secret_parameters(files: Files) -> list[str]:
    """What may hold a secret is a secure parameter, and no output shows it."""
    found = []
    for file, text in files.items():
        template = parsed(text)
        for name, row in template.parameters.items():
            is_secure = any(part.get("type") == "secure" for part in row["decorators"])
            if re.search(r"webhookUr[il]|secretValue|password|key$", name, re.IGNORECASE) and not is_secure:
                found.append(f"{file}: {name} may hold a secret and is not secure")
            if is_secure and any(name in shown(value) for value in template.outputs.values()):
                found.append(f"{file}: an output shows {name}")
    return found


def _made(files: Files) -> Iterator[tuple[str, Declared]]:
    for file, text in files.items():
        for resource in parsed(text).resources:
            if not resource.is_existing:
                yield file, resource


def _at(body: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - the parser's trees are of any form
    value: Any = body
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def properties_of(files: Files) -> set[str]:
    """The names of all properties in all files."""
    return {name for text in files.values() for name, _ in walk(parsed(text).tree)}
