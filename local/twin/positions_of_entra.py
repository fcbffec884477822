"""The positions of the twin's switches that are about Entra: roles, tokens, consent."""

from enum import StrEnum


class OldTokens(StrEnum):
    """S3."""

    POWERLESS = "powerless"
    CATCH_UP = "catch_up"


class DirectoryRole(StrEnum):
    """The application's role; it decides cmdlet by cmdlet."""

    EXCHANGE_ADMINISTRATOR = "exchange_administrator"
    GLOBAL_READER = "global_reader"
    SECURITY_READER = "security_reader"
    NONE = "none"


class ConsentAnswer(StrEnum):
    """What comes back from the page on which the tenant's administrator consents."""

    GRANTS = "grants"
    DENIES = "denies"
    OTHER_TENANT = "other_tenant"
