"""Every setting as data: what it is called, what it means, what it is when nobody sets it.

The settings are read by this table and docs/reference/settings.md is made from it, so that the two cannot disagree.
"""

from shared.adapters.settings_kinds import Group, Need, Setting
from shared.adapters.settings_of_notices import NOTICE_SETTINGS
from shared.adapters.settings_of_platform import PLATFORM_SETTINGS

__all__ = ["SETTINGS", "Group", "Need", "Setting"]

_GUID = "3f2b7c1e-0000-4000-8000-00000000aaaa"

SETTINGS = (
    Setting(
        "KEEPER_EXCHANGE_URL",
        Group.MICROSOFT,
        "Where Exchange Online is; https. National clouds have their own.",
        default="https://outlook.office365.com",
        example="https://outlook.office365.com",
    ),
    Setting(
        "KEEPER_LOGIN_URL",
        Group.MICROSOFT,
        "Where Entra is; https. A loopback address makes this a trial: only then are a client secret, an operator key "
        "and documentation addresses accepted.",
        default="https://login.microsoftonline.com",
        example="https://login.microsoftonline.com",
    ),
    Setting(
        "KEEPER_GRAPH_URL",
        Group.MICROSOFT,
        "Where Microsoft Graph is; https.",
        default="https://graph.microsoft.com",
        example="https://graph.microsoft.com",
    ),
    Setting(
        "KEEPER_CLIENT_ID",
        Group.MICROSOFT,
        "The product's application id in Entra, the same in every tenant.",
        need=Need.REQUIRED,
        example=_GUID,
    ),
    Setting(
        "KEEPER_FEDERATED_IDENTITY",
        Group.CREDENTIAL,
        "The client id of the user-assigned managed identity that the application trusts: no secret anywhere.",
        need=Need.CREDENTIAL,
        example=_GUID,
    ),
    Setting(
        "KEEPER_CERTIFICATE",
        Group.CREDENTIAL,
        "The application's certificate and its unencrypted private key: PEM, the base64 of PKCS #12, or the path of a "
        "file of either. A Key Vault reference to the certificate's secret is resolved by the platform.",
        need=Need.CREDENTIAL,
        is_secret=True,
        example="@Microsoft.KeyVault(SecretUri=https://example.vault.azure.net/secrets/keeper)",
    ),
    Setting(
        "KEEPER_CLIENT_SECRET",
        Group.CREDENTIAL,
        "A password of the application, for trials: refused unless the login URL is a loopback address.",
        need=Need.CREDENTIAL,
        is_secret=True,
        example="any text",
    ),
    Setting(
        "KEEPER_WEBHOOK_KEYS",
        Group.SIGNUP,
        "The keys that signup webhooks are signed with: a JSON list. Without `accounts` a key speaks for every "
        "account; without `not_after` it never ends. List the old and the new key while keys change: at most "
        "three for one account.",
        need=Need.REQUIRED,
        is_secret=True,
        example='[{"id":"2026-05","secret":"whsec_…","accounts":["contoso"],"not_after":"2027-05-01T00:00:00Z"}]',
    ),
    Setting(
        "KEEPER_OPERATOR_KEY",
        Group.SIGNUP,
        "Lets operators in by the header x-functions-key, and by a form into the console, for trials: refused unless "
        "the login URL is a loopback address. Without it nobody is let in by a key.",
        is_secret=True,
        example="any text",
    ),
    Setting(
        "KEEPER_OPERATOR_TENANTS",
        Group.SIGNUP,
        "The directories whose users and applications may operate the product by a token of Entra: the GUIDs of "
        "tenants, separated by commas.",
        follows="nobody is let in by a token",
        example=_GUID,
    ),
    Setting(
        "KEEPER_OPERATOR_AUDIENCE",
        Group.SIGNUP,
        "What operators' tokens are for: the application ID URI of the API that they are asked for, or its client id.",
        follows="`KEEPER_CLIENT_ID`, and `api://` before it: both are accepted",
        example="api://keeper.example.com",
    ),
    Setting(
        "KEEPER_PUBLIC_URL",
        Group.SIGNUP,
        "Where browsers reach the API and the console, for the way back from consent and from signing in: https and a "
        "host. http is accepted for a loopback address alone.",
        follows="`https://` and `WEBSITE_HOSTNAME` where that is no loopback address; each request's own address "
        "otherwise",
        example="https://keeper.example.com",
    ),
    Setting(
        "KEEPER_REGIONS",
        Group.FLEET,
        "The region data: the path of a JSON file, or an https URL.",
        need=Need.REQUIRED,
        example="regions.example.json",
    ),
    Setting(
        "KEEPER_RECHECK_SCHEDULE",
        Group.FLEET,
        "When the timer looks for tenants whose turn has come: NCRONTAB, with seconds.",
        need=Need.PLATFORM,
        example="0 */5 * * * *",
    ),
    Setting(
        "KEEPER_RECHECK_SECONDS",
        Group.FLEET,
        "How often each tenant is checked: whole seconds, at least 1.",
        default="3600",
        example="3600",
    ),
    Setting(
        "KEEPER_SETTLING_SECONDS",
        Group.FLEET,
        "How long after our own write a read that lags is not drift: whole seconds.",
        default="120",
        example="120",
    ),
    Setting(
        "KEEPER_DRAINING_SECONDS",
        Group.FLEET,
        "How long after Redirect went off mail may still be on its way through MailMarshal Cloud: nothing under it is "
        "changed or removed before, neither when a customer leaves nor when its region changes. Whole seconds.",
        follows="fifteen times `KEEPER_SETTLING_SECONDS`: 1800, half an hour, where that is 120",
        example="1800",
    ),
    Setting(
        "KEEPER_LEASE_SECONDS",
        Group.FLEET,
        "How long one worker has a tenant to itself before another may take it over, as after a worker's death; one "
        "write to Exchange is given up after a third of it. Whole seconds, at least 3.",
        default="180",
        example="180",
    ),
    Setting(
        "KEEPER_EXCHANGE_CALLS",
        Group.FLEET,
        "How many calls to Exchange one process makes at once; one more waits for ten seconds, then its message comes "
        "again. A whole number, from 1 to 999.",
        default="64",
        example="64",
    ),
    Setting(
        "KEEPER_HEARTBEAT_URL",
        Group.FLEET,
        "An https URL outside Azure that is posted to after each complete sweep: a service that misses it raises the "
        "alarm when the whole subscription is silent.",
        is_secret=True,
        example="https://heartbeats.example/keeper",
    ),
    Setting(
        "KEEPER_TIMELINE_DAYS",
        Group.FLEET,
        "How long a tenant's history is kept: whole days, from 30 to 99999.",
        default="400",
        example="400",
    ),
    *NOTICE_SETTINGS,
    *PLATFORM_SETTINGS,
)
"""Every setting, in the order of the page."""
