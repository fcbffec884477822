"""How the storage account is opened: with a connection string, or by an identity that needs no key.

Source: "Identity-based connections" in the Azure Functions reference,
https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection.
"""

import re
from dataclasses import dataclass

from shared.adapters.settings_reading import Reading
from shared.domain.errors import InvalidSettings
from shared.domain.values import Secret

_CONNECTION = "KEEPER_STORAGE"
_QUEUES, _TABLES, _CLIENT = (f"{_CONNECTION}__{part}" for part in ("queueServiceUri", "tableServiceUri", "clientId"))
_PAIRS = re.compile(r"[A-Za-z]+=[^;]+(?:;[A-Za-z]+=[^;]+)*;?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ConnectionString:
    """A connection string, which has the account's key in it.

    Attributes:
        secret: The connection string.
    """

    secret: Secret


@dataclass(frozen=True, slots=True)
class IdentityStorage:
    """A storage account that an identity opens.

    Attributes:
        queue_uri: The account's queues, without a final slash.
        table_uri: The account's tables, without a final slash.
        client_id: The user-assigned identity; ``None`` for the machine's own.
    """

    queue_uri: str
    table_uri: str
    client_id: str | None


Storage = ConnectionString | IdentityStorage


def read_storage(reading: Reading) -> Storage:
    """Read how the storage account is opened; problems go into the reading."""
    connection = reading.parsed(_CONNECTION, _connection_string)
    identity = IdentityStorage(reading.service(_QUEUES), reading.service(_TABLES), reading.guid(_CLIENT) or None)
    uris = {_QUEUES: identity.queue_uri, _TABLES: identity.table_uri}
    if connection is not None:
        if any(uris.values()):
            reading.problems[_CONNECTION] = "a connection string and service URIs are set; leave one of the two out"
        return connection
    if not any(uris.values()):
        reading.problems.setdefault(_CONNECTION, "is missing, and so are the two service URIs that could stand for it")
        return identity
    for name, uri in uris.items():
        if not uri:
            reading.problems.setdefault(name, "is missing beside the other service URI")
    return identity


def _connection_string(text: str) -> ConnectionString:
    if not _PAIRS.fullmatch(text):
        raise InvalidSettings("a connection string is expected: name=value, separated by semicolons")
    return ConnectionString(Secret(text))
