"""The keys that one directory signs its tokens with: fetched from Entra when they are needed, and kept.

Source: https://learn.microsoft.com/entra/identity-platform/access-tokens ("Validate the signature": where the keys
are, and that looking for new ones every 24 hours is reasonable).
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from requests import Response

from shared.adapters.bounded import FAULTS, chunks
from shared.adapters.key_documents import public_keys
from shared.adapters.sessions import Sessions
from shared.domain.errors import Unavailable

_KEPT = timedelta(hours=24)
_PAUSE = timedelta(minutes=5)
"""Between two fetches: a stranger who makes up ids of keys must not make us ask Entra each time."""
_PAUSE_WITHOUT_KEYS = timedelta(seconds=30)
"""The same while there is no key at all, and so nobody can be let in."""
_TIMEOUT = (5.0, 10.0)
LONGEST_S = sum(_TIMEOUT)
_LARGEST = 256 * 1024
"""Bytes; the document of a directory has less than a dozen keys of about 2 KB each."""
_OK = 200


class SigningKeys:
    """One directory's keys, safe for use by many threads.

    Args:
        login_url: Where Entra is, without a final slash.
        tenant_id: The directory.
        sessions: The connections to Entra.
        clock: Tells the time.
    """

    def __init__(self, login_url: str, tenant_id: UUID, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._url = f"{login_url}/{tenant_id}/discovery/v2.0/keys"
        self._tenant_id = tenant_id
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._fault = ""

    def key(self, kid: str) -> RSAPublicKey | None:
        """Return a key; ``None`` where the directory has none of that id.

        Raises:
            Unavailable: It is not known whether there is such a key, because Entra cannot be asked.
        """
        # While one thread fetches, who has a key that is merely old goes on with it, and everybody else waits.
        if self._is_wanting(kid) and self._lock.acquire(blocking=kid not in self._keys):
            try:
                # Another thread may have fetched them while this one waited.
                if self._is_wanting(kid):
                    self._fetch()
            finally:
                self._lock.release()
        found = self._keys.get(kid)
        if found is None and self._fault:
            raise Unavailable(self._fault)
        return found

    def _is_wanting(self, kid: str) -> bool:
        """Tell whether the keys are to be fetched, for their age or for an id that is not among them."""
        now, keys, fetched_at, asked_at = self._clock(), self._keys, self._fetched_at, self._asked_at
        is_current = kid in keys and fetched_at is not None and now - fetched_at < _KEPT
        pause = _PAUSE if keys else _PAUSE_WITHOUT_KEYS
        return not is_current and (asked_at is None or now - asked_at >= pause)

    def _fetch(self) -> None:
        """Fetch the keys; those that are there stay in use while Entra is away or talks nonsense."""
        now = self._clock()
        try:
            keys = public_keys(self._document(), self._tenant_id)
        except FAULTS as error:
            self._fault = f"Entra's keys cannot be fetched ({type(error).__name__}); try again later"
        except Unavailable as error:
            self._fault = str(error)
        else:
            self._fault = "" if keys else "Entra's keys make no sense; try again later"
            if keys:
                self._keys, self._fetched_at = keys, now
        # Last, because it lets the others go on.
        self._asked_at = now

    def _document(self) -> bytes:
        deadline = time.monotonic() + LONGEST_S
        session = self._sessions.here()
        with session.get(self._url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as response:
            if response.status_code != _OK:
                raise Unavailable(f"Entra's keys cannot be fetched ({response.status_code}); try again later")
            return _body(response, deadline)


def _body(response: Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in chunks(response, deadline):
        body += chunk
        if len(body) > _LARGEST:
            raise Unavailable("Entra's keys are too large; try again later")
    return bytes(body)
