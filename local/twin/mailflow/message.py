"""A message on its way, as a value: who sent it, to whom, its headers, and for whom it was scanned."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Message:
    """A message for one recipient.

    Attributes:
        sender: The envelope's sender; empty for automatic answers.
        author: Who wrote it, by its From header.
        recipient: The envelope's recipient.
        headers: Names and values, in order.
        meets: Conditions of rules that it meets, by the parameter's name, beyond those that the evaluator computes.
        scanned_for: The tenants that the filter has scanned it for.
    """

    sender: str
    author: str
    recipient: str
    headers: tuple[tuple[str, str], ...] = ()
    meets: frozenset[str] = frozenset()
    scanned_for: frozenset[str] = frozenset()

    def values(self, name: str) -> list[str]:
        """The values of a header; its name is written in any case."""
        return [value for header, value in self.headers if header.casefold() == name.casefold()]

    def without(self, name: str) -> "Message":
        """The message without a header."""
        kept = tuple(pair for pair in self.headers if pair[0].casefold() != name.casefold())
        return replace(self, headers=kept)

    def bearing(self, name: str, value: str) -> "Message":
        """The message with one header more."""
        return replace(self, headers=(*self.headers, (name, value)))


def domain_of(address: str) -> str:
    """The domain of an address, in lower case; empty where there is none."""
    return address.rpartition("@")[2].casefold().rstrip(".")


def is_within(domain: str, pattern: str) -> bool:
    """Whether a domain is a pattern's: itself, ``*.itself`` for what is below it, ``*`` for everything."""
    wanted, given = pattern.casefold().rstrip("."), domain.casefold().rstrip(".")
    return wanted in ("*", given) or (wanted.startswith("*.") and given.endswith(wanted[1:]))
