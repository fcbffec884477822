"""Function keys: off as in Core Tools, on where a master key or a file of keys is given."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.host.failures import HostError

FORM = '{"master": "…", "host": {"name": "…"}, "functions": {"function": {"name": "…"}}}'


@dataclass(frozen=True)
class Keys:
    """Who may call what. Without a master key everybody may."""

    master: str = field(default="", repr=False)
    host: tuple[str, ...] = field(default=(), repr=False)
    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def admit(self, level: str, function: str, presented: str) -> bool:
        """Whether a call may go on.

        Args:
            level: ``anonymous``, ``function`` or ``admin``.
            function: The function that is called.
            presented: The key that came with the call.
        """
        if not self.master or level == "anonymous":
            return True
        valid = [self.master]
        if level == "function":
            valid += [*self.host, *self.functions.get(function.lower(), ())]
        return _is_one_of(presented, valid)


def read_keys(path: Path | None, master: str) -> Keys:
    """The keys of a file, of the command line, or none.

    Raises:
        HostError: The file is not of its form.
    """
    if path is None:
        return Keys(master)
    try:
        document = json.loads(path.read_text("utf-8"))
        functions = {name.lower(): _texts(keys) for name, keys in document.get("functions", {}).items()}
        (own_master,) = _texts({"master": master or document["master"]})
        return Keys(own_master, _texts(document.get("host", {})), functions)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HostError(f"{path} is no file of keys of the form {FORM}: {error!r}") from None


def _texts(keys: Mapping[str, object]) -> tuple[str, ...]:
    """The keys' texts. An empty one would be a door that stands open."""
    texts = tuple(key for key in keys.values() if isinstance(key, str) and key)
    if len(texts) != len(keys):
        raise ValueError("a key is empty or no text")
    return texts


def _is_one_of(presented: str, valid: Iterable[str]) -> bool:
    return any(hmac.compare_digest(presented.encode(), key.encode()) for key in valid)
