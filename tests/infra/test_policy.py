"""What infra/ promises is so, and taking any of it away is noticed."""

from collections.abc import Mapping

import pytest

from shared.adapters.settings_table import SETTINGS
from tests.infra import hardening, least, names, product
from tests.infra.bicep import as_variables, files, parameter_files, parsed, shown
from tests.infra.hardening import Check

FILES = files()

CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        hardening.shut,
        hardening.no_passwords,
        hardening.known_versions,
        hardening.watched,
        hardening.locked,
        hardening.secret_parameters,
        product.queues,
        product.tables,
        product.settings,
        product.platform_settings,
        product.functions,
        product.roles,
        least.send_only,
        least.apart,
        least.vault_readers,
    )
}

APP, HOST, MAIN = "modules/app.bicep", "modules/hostStorage.bicep", "main.bicep"
WORK, ROLES, VAULT = "modules/workStorage.bicep", "modules/workRoles.bicep", "modules/vault.bicep"
MONITORING = "modules/monitoring.bicep"

MUTATIONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("shut", HOST, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "allowSharedKeyAccess"),
    ("shut", WORK, "    allowSharedKeyAccess: false\n", "", "allowSharedKeyAccess is None"),
    ("shut", WORK, "TLS1_2", "TLS1_0", "minimumTlsVersion"),
    ("shut", WORK, "allowBlobPublicAccess: false", "allowBlobPublicAccess: true", "allowBlobPublicAccess"),
    ("shut", HOST, "publicAccess: 'None'", "publicAccess: 'Blob'", "publicAccess"),
    ("shut", HOST, "output id string = account.id", "output id string = account.listKeys().keys[0].value", "a key"),
    ("shut", VAULT, "enablePurgeProtection: true", "enablePurgeProtection: false", "enablePurgeProtection"),
    ("shut", VAULT, "enableRbacAuthorization: true", "enableRbacAuthorization: false", "enableRbacAuthorization"),
    ("shut", MONITORING, "DisableLocalAuth: true", "DisableLocalAuth: false", "DisableLocalAuth"),
    ("shut", MONITORING, "disableLocalAuth: true", "disableLocalAuth: false", "disableLocalAuth"),
    ("shut", APP, "httpsOnly: true", "httpsOnly: false", "httpsOnly"),
    ("shut", APP, "ftpsState: 'Disabled'", "ftpsState: 'AllAllowed'", "ftpsState"),
    ("shut", APP, "    minTlsVersion: '1.2'", "    minTlsVersion: '1.0'", "minTlsVersion"),
    ("shut", APP, "isPublic ? 'Allow' : 'Deny'", "isPublic ? 'Allow' : 'Allow'", "ipSecurityRestrictions"),
    ("shut", APP, "type: 'UserAssignedIdentity'", "type: 'StorageAccountConnectionString'", "authentication.type"),
    ("shut", APP, "version: '3.13'", "version: '3.14'", "runtime.version"),
    ("no_passwords", APP, "name: 'scm'", "name: 'other'", "scm of site"),
    ("no_passwords", APP, "name: 'ftp'", "name: 'other'", "ftp of site"),
    ("known_versions", APP, "Microsoft.Web/sites@2025-03-01", "Microsoft.Web/sites@2022-09-01", "2022-09-01"),
    ("watched", APP, "FunctionAppLogs", "Other", "FunctionAppLogs"),
    ("watched", VAULT, "AuditEvent", "Other", "AuditEvent"),
    ("watched", WORK, "category: 'StorageRead'", "category: 'Other'", "StorageRead"),
    ("locked", WORK, "  scope: account\n", "  scope: queueService\n", "there is no lock"),
    ("locked", VAULT, "Microsoft.Authorization/locks@", "Microsoft.Authorization/others@", "there is no lock"),
    ("secret_parameters", MAIN, "@secure()\n", "", "alertWebhookUrl"),
    ("queues", WORK, "  'verify'\n", "", "the queue verify is not declared"),
    ("queues", WORK, "  'offboard-poison'\n", "", "the queue offboard-poison is not declared"),
    ("queues", WORK, "  'verify'\n", "  'verify'\n  'other'\n", "nobody uses the queue other"),
    ("tables", WORK, "  'proofs'\n", "", "the table proofs is not declared"),
    ("tables", WORK, "  'tenants'\n", "  'tenants'\n  'other'\n", "nobody uses the table other"),
    ("settings", MAIN, "  KEEPER_REGIONS: regions\n", "", "worker: KEEPER_REGIONS is not set"),
    ("settings", MAIN, "  KEEPER_REGIONS:", "  KEEPER_TYPO: ''\n  KEEPER_REGIONS:", "nobody reads KEEPER_TYPO"),
    ("settings", MAIN, "  KEEPER_REGIONS:", "  KEEPER_OPERATOR_KEY: 'x'\n  KEEPER_REGIONS:", "is for trials"),
    ("settings", MAIN, "  KEEPER_CERTIFICATE:", "  KEEPER_CERTIFICATES:", "not exactly one credential"),
    (
        "settings",
        MAIN,
        "      KEEPER_STORAGE__clientId: deskIdentity.outputs.clientId\n",
        "",
        "desk: KEEPER_STORAGE__clientId is not set",
    ),
    ("platform_settings", APP, "  AZURE_CLIENT_ID: identityClientId\n", "", "AZURE_CLIENT_ID is not set"),
    (
        "platform_settings",
        APP,
        "  AZURE_CLIENT_ID:",
        "  FUNCTIONS_WORKER_RUNTIME: 'python'\n  AZURE_CLIENT_ID:",
        "FUNCTIONS_WORKER_RUNTIME must not be set",
    ),
    (
        "platform_settings",
        MAIN,
        "  KEEPER_REGIONS:",
        "  WEBSITE_RUN_FROM_PACKAGE: '1'\n  KEEPER_REGIONS:",
        "WEBSITE_RUN_FROM_PACKAGE must not be set",
    ),
    ("functions", MAIN, "  'poison_verify'\n", "", "poison_verify runs in no app"),
    ("functions", MAIN, "  'signup'\n", "  'signup'\n  'health'\n", "health runs in two apps"),
    ("functions", MAIN, "concat(intakeFunctions, deskFunctions)", "concat(deskFunctions)", "worker:"),
    ("roles", ROLES, "19e7f393-937e-4f77-808e-94535e297925", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "workerCounts"),
    ("roles", ROLES, "resource deskReads ", "resource deskOwns ", "deskOwns: no such role is allowed"),
    ("roles", ROLES, "  scope: proofs\n", "  scope: account\n", "deskReads"),
    ("roles", VAULT, "  scope: vault\n", "", "the whole group"),
    ("send_only", ROLES, "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", "8a0f0c08-91a1-4084-bc3d-661d67233fed", "more than"),
    ("send_only", ROLES, "  scope: intakeQueues[i]\n", "  scope: account\n", "intake:"),
    ("send_only", ROLES, "var intakeTableNames = [\n", "var intakeTableNames = [\n  'keys'\n", "more than it needs"),
    ("send_only", ROLES, "  'webhooks'\n]\n\nvar desk", "]\n\nvar desk", "is missing"),
    ("apart", MAIN, "furtherIdentityIds: []", "furtherIdentityIds: [exchangeIdentity.outputs.id]", "intake: further"),
    (
        "apart",
        MAIN,
        "hostStorageName: deskStorage.outputs.name",
        "hostStorageName: workerStorage.outputs.name",
        "desk: hostStorageName",
    ),
    ("apart", MAIN, "isPublic: false", "isPublic: true", "worker: isPublic"),
    (
        "apart",
        MAIN,
        "intakePrincipalId: intakeIdentity",
        "intakePrincipalId: workerIdentity",
        "workRoles: intakePrincipalId",
    ),
    (
        "vault_readers",
        MAIN,
        "    readerPrincipalIds: [\n      deskIdentity",
        "    readerPrincipalIds: [\n      intakeIdentity.outputs.principalId\n      deskIdentity",
        "certificateVault",
    ),
    (
        "vault_readers",
        MAIN,
        "    readerPrincipalIds: [\n      workerIdentity",
        "    readerPrincipalIds: [\n      deskIdentity.outputs.principalId\n      workerIdentity",
        "notifyVault",
    ),
)
"""Check, file, what is replaced, by what, and what the check must say of it."""

AWAITED = frozenset(f"main.bicep: {name}: there is no such module" for name in ("alerts", "workbook"))
"""The two modules that come with the alerts; where they are, their calls are checked as all others are."""


@pytest.mark.parametrize("name", CHECKS)
def test_infra_keeps_the_policy(name: str) -> None:
    assert CHECKS[name](FILES) == []


@pytest.mark.parametrize(("name", "file", "old", "new", "complaint"), MUTATIONS)
def test_what_is_taken_away_is_noticed(name: str, file: str, old: str, new: str, complaint: str) -> None:
    assert old in FILES[file]
    broken = {**FILES, file: FILES[file].replace(old, new, 1)}
    said = CHECKS[name](broken)
    assert any(complaint in line for line in said), said


def test_every_check_is_seen_to_bite() -> None:
    assert {row[0] for row in MUTATIONS} == CHECKS.keys()


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_whole(file: str) -> None:
    """Two grammars read it, and every name in it is declared and used."""
    parsed(FILES[file])
    assert names.syntax_errors(FILES[file]) == []
    assert names.unknown_names(FILES[file]) == set()
    assert names.unused_names(FILES[file]) == set()


@pytest.mark.parametrize("file", parameter_files())
def test_a_file_of_parameters_fits(file: str) -> None:
    text = as_variables(parameter_files()[file])
    given, wanted = parsed(text).variables, parsed(FILES[MAIN]).parameters
    assert names.syntax_errors(text) == []
    assert names.unknown_names(text) == set()
    assert given.keys() <= wanted.keys()
    assert {name for name, row in wanted.items() if row["default"] is None} <= given.keys()


def test_modules_are_called_with_what_they_take() -> None:
    said = names.wrong_calls(FILES)
    assert [line for line in said if line not in AWAITED] == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    isPrivate: isPrivate\n", "", "isPrivate is missing"),
        ("    isPrivate: isPrivate\n", "    isPrivate: isPrivate\n    other: 1\n", "other is no parameter"),
        ("monitoring.outputs.workspaceId", "monitoring.outputs.workspace", "no output workspace"),
    ],
)
def test_a_wrong_call_is_noticed(old: str, new: str, complaint: str) -> None:
    said = names.wrong_calls({**FILES, MAIN: FILES[MAIN].replace(old, new, 1)})
    assert any(complaint in line for line in said)


def test_an_unknown_name_is_noticed() -> None:
    assert names.unknown_names(FILES[MAIN].replace("skuName: workStorageSku", "skuName: typo")) == {"typo"}
    assert names.syntax_errors(FILES[MAIN].replace("]", "", 1))


def test_what_nobody_decides_in_azure_is_as_the_settings_page_says() -> None:
    template, rows = parsed(FILES[MAIN]), {row.name: row for row in SETTINGS}
    defaults = {name: shown(row["default"]) for name, row in template.parameters.items()}
    checked = set()
    for name, value in template.variables["commonSettings"].items():
        parameter = shown(value).removeprefix("string(").removesuffix(")")
        if rows[name].default and parameter in defaults and name != "KEEPER_LOGIN_URL":
            assert defaults[parameter] == rows[name].default, name
            checked.add(name)
    assert {"KEEPER_RECHECK_SECONDS", "KEEPER_LEASE_SECONDS", "KEEPER_EXCHANGE_URL"} <= checked
    assert defaults["drainingSeconds"] == str(15 * int(defaults["settlingSeconds"]))
    assert defaults["recheckSchedule"] == rows["KEEPER_RECHECK_SCHEDULE"].example


def test_no_two_apps_can_have_the_same_host_id() -> None:
    """The host id is the first 32 letters of an app's name: prefix, role and suffix must fit into them."""
    longest = next(
        part["argument"]
        for part in parsed(FILES[MAIN]).parameters["name"]["decorators"][::-1]
        if part["type"] == "max_length"
    )
    assert len("x" * longest + "-intake-" + "x" * 8) <= 32
