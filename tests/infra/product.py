"""What the product needs of infra/: its queues, its tables, its settings, its functions, its rights."""

import json
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any

import pytest

from shared import bootstrap
from shared.adapters.queues import EVERY
from shared.adapters.settings_table import SETTINGS, Need
from shared.adapters.storage_account import StorageAccount
from tests.functions.test_indexing import INDEXED
from tests.infra.bicep import INFRA, Files, Template, parsed, shown
from tests.infra.hardening import properties_of

MAIN, WORK, ROLES = "main.bicep", "modules/workStorage.bicep", "modules/workRoles.bicep"
APPS = ("intake", "desk", "worker")

FOR_TRIALS: Mapping[str, str] = {
    "KEEPER_CLIENT_SECRET": "refused unless Entra is on the machine itself",
    "KEEPER_OPERATOR_KEY": "refused unless Entra is on the machine itself",
    "KEEPER_STORAGE": "a connection string has a key in it",
    "AzureWebJobsStorage": "its service URIs stand for it",
    "REQUESTS_CA_BUNDLE": "Azure trusts the public authorities",
}
"""Settings that are read and not set in Azure, with the reason."""
_CREDENTIALS = frozenset({"KEEPER_FEDERATED_IDENTITY", "KEEPER_CERTIFICATE"})

PLATFORM = frozenset(
    {
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "AZURE_CLIENT_ID",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
        "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG",
        "PYTHON_THREADPOOL_THREAD_COUNT",
    }
)
"""What the platform needs of every app."""

FORBIDDEN = (
    "APPINSIGHTS_INSTRUMENTATIONKEY",
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "PYTHON_ENABLE_OPENTELEMETRY",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_CONTENT",
    "WEBSITE_LOAD_CERTIFICATES",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_VNET_ROUTE_ALL",
)
"""By their beginning: what Flex Consumption refuses or ignores, and two of telemetry (a key, and a second exporter)."""


def queues(files: Files) -> list[str]:
    """Every queue is declared, and beside it the poison queue that the host would otherwise have to make."""
    declared = _each(parsed(files[WORK]), "Microsoft.Storage/storageAccounts/queueServices/queues")
    wanted = set(chain.from_iterable((queue.value, queue.poison) for queue in EVERY))
    return [f"the queue {name} is not declared" for name in sorted(wanted - declared)] + [
        f"nobody uses the queue {name}" for name in sorted(declared - wanted)
    ]


def tables(files: Files) -> list[str]:
    """Every table that an adapter opens is declared."""
    declared = _each(parsed(files[WORK]), "Microsoft.Storage/storageAccounts/tableServices/tables")
    return [f"the table {name} is not declared" for name in sorted(tables_of_the_code() - declared)] + [
        f"nobody uses the table {name}" for name in sorted(declared - tables_of_the_code())
    ]


@cache
def tables_of_the_code() -> frozenset[str]:
    """Lay the foundation as in Azure and see which tables it opens; nothing is sent anywhere."""
    opened: set[str] = set()
    environment = {row.name: row.example for row in SETTINGS if row.name not in FOR_TRIALS and row.example}
    environment.pop("KEEPER_CERTIFICATE")
    key = json.dumps([{"id": "a", "secret": "whsec_bG9jYWwgZGV2ZWxvcG1lbnQga2V5IG9ubHk="}])
    environment |= {"KEEPER_WEBHOOK_KEYS": key, "KEEPER_NOTIFY": "[]"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StorageAccount, "table", lambda _, name: opened.add(name))
        bootstrap.lay(environment)
    return frozenset(opened)


def settings(files: Files) -> list[str]:
    """Each app sets every setting that the code reads, one credential, and nothing that nobody reads."""
    template = parsed(files[MAIN])
    known = {row.name for row in SETTINGS}
    read = {row.name for row in SETTINGS if row.need is not Need.GIVEN} - FOR_TRIALS.keys() - _CREDENTIALS
    found: list[str] = []
    for app in APPS:
        for given in alternatives(template.module(app).get("settings"), template):
            found += [f"{app}: {name} is not set" for name in sorted(read - given)]
            found += [f"{app}: nobody reads {name}" for name in sorted(given - known)]
            found += [f"{app}: {name} is for trials" for name in sorted(given & FOR_TRIALS.keys())]
            if len(given & _CREDENTIALS) != 1:
                found.append(f"{app}: there is not exactly one credential")
    return found


def platform_settings(files: Files) -> list[str]:
    """Each app has what the platform needs, and nothing that Flex Consumption must not be given."""
    template = parsed(files["modules/app.bicep"])
    given = set(template.variables.get("platformSettings", {}))
    found = [f"{name} is not set" for name in sorted(PLATFORM - given)]
    every = {name for name in properties_of(files) if name.isascii()}
    found += [f"{name} must not be set" for name in sorted(every) if name.startswith(FORBIDDEN)]
    merged = [shown(row.body["properties"]) for row in template.of_kind("Microsoft.Web/sites/config")]
    if merged != ["union(platformSettings, settings, disabled)"]:
        found.append(f"the settings of an app are {merged}")
    return found


def functions(files: Files) -> list[str]:
    """Every function runs in one app, and is disabled in the two others."""
    template = parsed(files[MAIN])
    lists = {app: template.variables.get(f"{app}Functions", []) for app in APPS}
    placed = list(chain.from_iterable(lists.values()))
    found = [f"{name} runs in no app" for name in sorted(INDEXED["functions"].keys() - set(placed))]
    found += [f"there is no function {name}" for name in sorted(set(placed) - INDEXED["functions"].keys())]
    found += [f"{name} runs in two apps" for name in sorted(set(placed)) if placed.count(name) > 1]
    for app in APPS:
        others = {f"{other}Functions" for other in APPS if other != app}
        disabled = template.module(app).get("disabledFunctions")
        named = set(disabled["function"]["parameters"].values()) if isinstance(disabled, dict) else set()
        if named != others:
            found.append(f"{app}: {shown(disabled)} is disabled, and not {' and '.join(sorted(others))}")
    return found


def roles(files: Files) -> list[str]:
    """Every role that is given is in infra/roles.json with its reason, and every one of those is given."""
    allowed = {row["assignment"]: row for row in json.loads((INFRA / "roles.json").read_text())["roles"]}
    given: dict[str, dict[str, str]] = {}
    for file, text in files.items():
        template = parsed(text)
        for row in template.of_kind("Microsoft.Authorization/roleAssignments"):
            definition = row.body["properties"]["roleDefinitionId"]
            name = definition["function"]["parameters"]["resource_name_1"] if isinstance(definition, dict) else ""
            given[f"{file} {row.symbol}"] = {
                "guid": shown(template.variables.get(name, name)),
                "principal": shown(row.body["properties"].get("principalId")),
                "scope": shown(row.body.get("scope", "the whole group")),
            }
    found = [f"{name}: no such role is allowed" for name in sorted(given.keys() - allowed.keys())]
    found += [f"{name}: the role is not given" for name in sorted(allowed.keys() - given.keys())]
    for name in sorted(given.keys() & allowed.keys()):
        wanted = {part: allowed[name][part] for part in given[name]}
        if given[name] != wanted:
            found.append(f"{name}: {given[name]} is given and not {wanted}")
    return found


def alternatives(value: Any, template: Template) -> list[set[str]]:  # noqa: ANN401 - an expression of any form
    """The names that an object may have, one set for each way that its conditions may go."""
    if isinstance(value, str):
        return alternatives(template.variables.get(value, {}), template)
    if not isinstance(value, dict):
        return [set()]
    if "function" in value and value["function"]["type"] == "union":
        found: list[set[str]] = [set()]
        for part in value["function"]["parameters"].values():
            found = [one | other for one in found for other in alternatives(part, template)]
        return found
    if "operator" in value and value["operator"]["type"] == "conditional":
        operands = value["operator"]["operands"]
        ways = (operands["true_value"], operands["false_value"])
        return list(chain.from_iterable(alternatives(way, template) for way in ways))
    return [set(value)]


def _each(template: Template, kind: str) -> set[str]:
    """What the resources of a type are named, where they are declared by a loop over a list."""
    lists = [template.variables.get(row.each, []) for row in template.of_kind(kind)]
    return set(chain.from_iterable(lists))
