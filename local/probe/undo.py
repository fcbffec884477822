"""Remove the probe's own objects, by the name that nobody else has, until a look shows that they are gone."""

from collections.abc import Callable
from dataclasses import dataclass

from local.probe.evidence import Evidence
from local.probe.ledger import Ledger
from local.probe.own import Own, check_own, cmdlet
from local.probe.steps import EVERYTHING
from shared.adapters.exchange_answers import Reply
from shared.adapters.exchange_calls import Call

_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Undoing:
    """How objects are removed.

    Attributes:
        ask: Makes a call.
        wait: Lets Exchange's servers come to agree.
        ledger: What may be there.
    """

    ask: Callable[[Call], Evidence]
    wait: Callable[[], None]
    ledger: Ledger

    def remove(self, own: Own) -> bool:
        """Remove an object; whether it is certainly gone."""
        for attempt in range(_ATTEMPTS):
            if attempt:
                self.wait()
            if self._removed(own):
                self.ledger.strike(own)
                return True
        return False

    def _removed(self, own: Own) -> bool:
        """One attempt: a look may lag, so the removal itself must have been answered as well."""
        name = own.name(self.ledger.run)
        identities = [*sorted(self.ledger.guids(own) | self._guids(own, name)), name]
        answered = [self._answered(own, identity, frozenset(identities)) for identity in identities]
        return all(answered) and self._is_gone(own, name)

    def _answered(self, own: Own, identity: str, identities: frozenset[str]) -> bool:
        call = Call(cmdlet("Remove", own.kind), {"Identity": identity})
        check_own(call, identities)
        found = self.ask(call)
        return isinstance(found.outcome, Reply) or found.is_absence

    def _guids(self, own: Own, name: str) -> frozenset[str]:
        """The Guids of all objects of that name: there are two if Exchange takes a name twice."""
        outcome = self._look(own).outcome
        rows = outcome.rows if isinstance(outcome, Reply) else ()
        guids = (row.get("Guid") for row in rows if row.get("Name") == name)
        return frozenset(guid for guid in guids if isinstance(guid, str))

    def _is_gone(self, own: Own, name: str) -> bool:
        outcome = self._look(own).outcome
        return isinstance(outcome, Reply) and all(row.get("Name") != name for row in outcome.rows)

    def _look(self, own: Own) -> Evidence:
        return self.ask(Call(cmdlet("Get", own.kind), EVERYTHING))
