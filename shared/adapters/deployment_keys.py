"""The deployment's own random keys, in the table ``keys``: made once, the same for every worker, never shown."""

import re
import secrets

from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_rows import TableRows
from shared.domain.errors import NeedsHuman
from shared.domain.values import Secret

_PARTITION = "deployment"
_BYTES = 32
_FORM = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}")


class Keys:
    """The keys; each is read once.

    Every method raises ``Unavailable`` when the storage account is away and ``VendorCredential`` when it refuses us.
    """

    def __init__(self, account: StorageAccount) -> None:
        self._rows = TableRows(account, "keys")
        self._known: dict[str, Secret] = {}

    def get(self, name: str) -> Secret:
        """Read a key of 64 hexadecimal digits; it is made when it is first asked for, and then never another.

        Raises:
            NeedsHuman: What is stored under the name is no key. A new one would disown whatever the old one made.
        """
        if name not in self._known:
            # Threads that get here together all read the same.
            self._known[name] = self._stored(name)
        return self._known[name]

    def _stored(self, name: str) -> Secret:
        found = self._rows.get(_PARTITION, name)
        if found is None:
            row = {"PartitionKey": _PARTITION, "RowKey": name, "schema": 1, "key": secrets.token_hex(_BYTES)}
            # Of two who make one at once the second is refused; what counts is what is there afterwards.
            self._rows.insert(row)
            found = self._rows.get(_PARTITION, name)
        key = found[0].get("key") if found else None
        if not isinstance(key, str) or not _FORM.fullmatch(key):
            raise NeedsHuman(f"the deployment's key {name!r} cannot be read; see its row in the table keys")
        return Secret(key)
