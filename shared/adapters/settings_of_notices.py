"""The settings of notifications, which are rows of ``settings_table``."""

from shared.adapters.settings_kinds import Group, Setting

NOTICE_SETTINGS = (
    Setting(
        "KEEPER_NOTIFY",
        Group.NOTICES,
        "Who is told what is wrong, and that it is over: a JSON list of receivers, each a `teams`, `pagerduty`, "
        "`webhook` or `mail`; its fields are in [notifications](../notifications.md). Empty: nobody is told.",
        is_secret=True,
        example='[{"sink":"teams","url":"https://example.logic.azure.com/…"}]',
    ),
    Setting(
        "KEEPER_QUIET_HOURS",
        Group.NOTICES,
        "When what is not critical waits: two times of each day and a time zone, `UTC` or as the IANA names it.",
        example="22:00-06:00 Europe/Berlin",
    ),
    Setting(
        "KEEPER_RUNBOOKS_URL",
        Group.NOTICES,
        "The folder of the runbooks, for whoever reads a notification: an https URL without a query.",
        follows="their path in the repository",
        example="https://git.example.com/keeper/docs/runbooks",
    ),
)
"""Those under the heading of notifications, in the order of the page."""
