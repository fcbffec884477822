"""The settings of storage and of the platform, which are rows of ``settings_table``."""

from shared.adapters.settings_kinds import Group, Need, Setting

PLATFORM_SETTINGS = (
    Setting(
        "KEEPER_STORAGE",
        Group.STORAGE,
        "The connection string of the storage account that holds tenants and queues. In Azure, leave it out and name "
        "the account's services instead: then an identity opens it and there is no key.",
        need=Need.STORAGE,
        is_secret=True,
        example="UseDevelopmentStorage=true",
    ),
    Setting(
        "KEEPER_STORAGE__queueServiceUri",
        Group.STORAGE,
        "The account's queues; https.",
        need=Need.STORAGE,
        example="https://example.queue.core.windows.net",
    ),
    Setting(
        "KEEPER_STORAGE__tableServiceUri",
        Group.STORAGE,
        "The account's tables; https.",
        need=Need.STORAGE,
        example="https://example.table.core.windows.net",
    ),
    Setting(
        "KEEPER_STORAGE__clientId",
        Group.STORAGE,
        "The client id of the user-assigned managed identity that opens the account; without it, the machine's own.",
        example="3f2b7c1e-0000-4000-8000-00000000aaaa",
    ),
    Setting(
        "KEEPER_STORAGE__credential",
        Group.STORAGE,
        "`managedidentity`, where the identity is a user-assigned one: the queue triggers need it beside its id.",
        need=Need.PLATFORM,
        example="managedidentity",
    ),
    Setting(
        "AzureWebJobsStorage",
        Group.PLATFORM,
        "The platform's own storage: the timer's lease and the triggers' bookkeeping.",
        need=Need.PLATFORM,
        is_secret=True,
        example="UseDevelopmentStorage=true",
    ),
    Setting(
        "WEBSITE_HOSTNAME",
        Group.PLATFORM,
        "The host that the platform serves the application under; it stands for `KEEPER_PUBLIC_URL` where that is not "
        "set.",
        need=Need.GIVEN,
        example="keeper.azurewebsites.net",
    ),
    Setting(
        "REQUESTS_CA_BUNDLE",
        Group.PLATFORM,
        "The path of a PEM file with the certificate authorities to trust, where they are not the public ones.",
        need=Need.LIBRARY,
        example="/etc/ssl/certs/ca-certificates.crt",
    ),
)
"""Those under the headings of storage and of the platform, in the order of the page."""
