"""The twelve questions of exchange contract §7, in their order, and the reads that come before them."""

from local.probe.judgement import Question
from local.probe.questions_inbound import CLEARING, RESTRICTED, SKIP_LIST
from local.probe.questions_reading import ARC, OUTBOUND_DEFAULTS, UNKNOWN_IDENTITY
from local.probe.questions_rules import LOOP_CHECK, PAIR, REFUSALS
from local.probe.questions_wire import PAGING, RATES, ROLES
from local.probe.steps import EVERYTHING, Step

QUESTIONS: tuple[Question, ...] = (
    SKIP_LIST,
    ARC,
    REFUSALS,
    PAIR,
    UNKNOWN_IDENTITY,
    OUTBOUND_DEFAULTS,
    PAGING,
    LOOP_CHECK,
    ROLES,
    CLEARING,
    RESTRICTED,
    RATES,
)

LISTS = (
    Step("before-inbound", "Get-InboundConnector", EVERYTHING),
    Step("before-outbound", "Get-OutboundConnector", {**EVERYTHING, "IncludeTestModeConnectors": True}),
    Step("before-rules", "Get-TransportRule", EVERYTHING),
)
"""Without them nothing is written: what cannot be listed cannot be undone."""

FIRST = (*LISTS, Step("before-organisation", "Get-OrganizationConfig"), Step("before-domains", "Get-AcceptedDomain"))
"""What the tenant calls its things, so that none of it gets into a file; the answers themselves are not kept."""
