"""A look at a tenant before anything is written to it: what a verify reads, and what only the beginning needs."""

from dataclasses import dataclass

from shared.domain.observation import Complete, Observation, Reading


@dataclass(frozen=True, slots=True)
class Survey:
    """What one thorough look gave.

    Attributes:
        observation: What a verify reads.
        domains: The accepted domains, as ``Get-AcceptedDomain`` lists them (exchange contract §2.7).
        cmdlets: What the application may run, in lower case (exchange contract §1.1, ``EXOModuleFile``); ``None`` where
            that could not be read.
    """

    observation: Observation
    domains: Reading
    cmdlets: frozenset[str] | None


def accepts(domains: Complete, domain: str) -> bool:
    """Whether a domain is one of a tenant's accepted domains, in any case."""
    names = (row.get("DomainName", row.get("Name")) for row in domains.rows)
    return any(isinstance(name, str) and name.casefold() == domain.casefold() for name in names)
