"""Words that are Exchange's and nobody's: they may stay in a sample, and are no tenant's names.

Source: the documented parameters and enumerators; exchange contract §1.5, §2.1.2, §2.4.2 (values seen live).
"""

from collections.abc import Iterable
from functools import cache

from local.probe.own import Own
from local.probe.steps import Step
from local.twin.catalogue import cmdlets

_SEEN = """
Actions AdminUI Authoritative Changed Collection Conditions Context Client Default Disabled Enabled ExternalRelay
Identity InternalRelay Managed New None Unchanged Unlimited smtp true false null * 0.1 (8.0.535.0) 8.0.535.0
""".split()  # noqa: SIM905 - words read better as words
"""Values and parts of values that Exchange itself writes."""

_ENGLISH = """
a accepted action actions address addresses after all already an and any apply are array at be because been before but
by can cannot certificate change changes client cmdlet command completed configuration connector connectors contact
created default delete directory disabled domain domains enable enabled error exchange external false field for from
has have header headers id identity if in inbound internal invalid ip is isn it list mail mailbox mailflow message
messages microsoft modified more name names new no not null number object objects of office on one operation or
organization other outbound outlook parameter partner policy processing property protected protection recipient
recipients redirect reject remove request required rule rules scope security send sender senders server service set
setting settings size skip specified state subject support tenant test text that the this time to transport trial true
try type unable unique unlimited update use used user users valid value values was when will with word words www you
your access allowed app application apps assigned assigning authentication check correct denied documentation existing
follow more must online only please priority reached reason role roles run scenario still supported together warning
""".split()  # noqa: SIM905 - words read better as words
"""Words of Exchange's sentences; a tenant that uses one as a name gives nothing away by it."""


@cache
def vocabulary() -> frozenset[str]:
    """Words that may stay where a tenant's own words must go, in lower case."""
    documented = cmdlets().values()
    names = (parameter.name for table in documented for parameter in table.values())
    values = (value for table in documented for parameter in table.values() for value in parameter.values)
    # The documentation's values are not all enumerators; a sentence among them is no word of the wire.
    return frozenset(word.casefold() for word in (*_SEEN, *names, *values) if " " not in word)


@cache
def everyday() -> frozenset[str]:
    """Words that are no tenant's names even where a tenant uses them, in lower case."""
    return vocabulary() | frozenset(_ENGLISH)


def written(steps: Iterable[Step]) -> frozenset[str]:
    """The properties that the probe writes itself: in its own objects their values are the probe's."""
    return frozenset(
        name
        for step in steps
        for name, value in step.parameters.items()
        if step.is_write and not isinstance(value, Own)
    )
