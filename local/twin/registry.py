"""The registry of switches: what each decides, and how sure its first position is.

docs/reference/twin.md is made from it (``python tools/twin_page.py``). Numbers and sections are the exchange contract's
(§5.3); S21, the mail flow, has switches of its own (``mailflow.assumptions``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class About:
    """What is known of a switch.

    Attributes:
        number: Its number in the exchange contract; empty where it has none.
        grade: How sure its first position is.
        source: Where that comes from: a section of the exchange contract.
        decides: What it decides.
    """

    number: str
    grade: str
    source: str
    decides: str


REGISTRY: Mapping[str, About] = MappingProxyType(
    {
        "replicas": About(
            "S1",
            "shipping client",
            "§2.10",
            "whether a write is read back at once; or every other read shows the tenant as it was before the "
            "writes of the last 60 seconds",
        ),
        "denial_body": About(
            "S2",
            "seen live",
            "§1.9",
            "the body of a 403: a run of NUL bytes that says gzip, nothing at all, or an ordinary error",
        ),
        "old_tokens": About(
            "S3",
            "inferred",
            "§1.4",
            "whether a token from before the role stays powerless (403 without a reason), or the role counts at once",
        ),
        "read_back": About(
            "S4",
            "seen live",
            "§1.5, §2.1.2",
            "whether objects come with annotations and sender domains as `smtp:domain;1`; or without, and as written",
        ),
        "skip_list_text": About(
            "S4",
            "unknown",
            "§2.2",
            "how `EFSkipIPs` reads back: as it was written, as blocks throughout, or as ranges throughout",
        ),
        "single_words": About(
            "S4",
            "seen live",
            "§2.4.2",
            "whether a rule's list of one word reads back as a list or as a bare text; both are on record",
        ),
        "arc_shape": About(
            "S5",
            "documented",
            "§2.5",
            "whether the sealers are one comma-joined text or a list; or the object is there before the first write",
        ),
        "restricted_inbound": About(
            "S6",
            "seen live",
            "§2.1.4",
            "new tenants cannot have an OnPremises inbound connector that is on: it is made off, with a "
            "warning or without, or refused",
        ),
        "new_rules": About(
            "S7",
            "documented",
            "§2.4.1",
            "whether a rule that is made without `Enabled` is on",
        ),
        "stop_class": About(
            "S7",
            "unknown",
            "§2.4.2",
            "whether the end of rule processing is a class in a rule's `Actions`",
        ),
        "server_rules": About(
            "S8",
            "Exchange Server",
            "§2.3.3, §2.11",
            "what Exchange Server refuses is refused here too: a connector that a rule uses stays as it is, a "
            "rule names a connector that is there, a header and its words go together, an OnPremises "
            "connector has smart hosts, and MX records clear smart hosts",
        ),
        "unknown_identity": About(
            "S9",
            "shipping client",
            "§2.0",
            "what a `Get-` with an identity that is not there brings: practice says a 404, the documentation "
            "says all objects",
        ),
        "outbound_filter": About(
            "S10",
            "seen live",
            "§2.3.1",
            "what `Get-OutboundConnector` brings without filters: everything; the documentation says "
            "connectors neither scoped nor in test mode",
        ),
        "reasons": About(
            "S11",
            "seen live",
            "§1.8",
            "where an error body says what happened: by the kind of error, or always in one of the four places",
        ),
        "language": About(
            "S11",
            "seen live",
            "§1.8",
            "whether texts are in the language of `Accept-Language` (English or German here), or in German "
            "whatever is asked",
        ),
        "lost_answers": About(
            "S12",
            "shipping client",
            "§1.10",
            "whether every other write of the application has its effect and is answered 503",
        ),
        "throttling": About(
            "S13",
            "shipping client",
            "§1.10",
            "whether every third request is refused with 429, naming a wait or not",
        ),
        "transient": About(
            "S14",
            "shipping client",
            "§1.8",
            "whether every fourth request fails for a while, with the status of a mistake (400)",
        ),
        "front_door": About(
            "S15",
            "shipping client",
            "§1.12",
            "whether requests are answered, or sent on to another server first (302); the same request must come there",
        ),
        "hidden_errors": About(
            "S16",
            "shipping client",
            "§1.5",
            "whether every fifth request, or its first part, is answered 200 with an error inside",
        ),
        "dehydrated": About(
            "S17",
            "seen live",
            "§2.6",
            "which writes are refused until an administrator runs `Enable-OrganizationCustomization`; refused "
            "ARC writes are on record, others are rumoured",
        ),
        "hydration": About(
            "S17",
            "seen live",
            "§2.6",
            "when `Enable-OrganizationCustomization` shows: at once; an hour later by the tenant's clock; or "
            "at once, and the call itself is answered with an unrelated 400",
        ),
        "paging": About(
            "S18",
            "seen live",
            "§1.7",
            "how many objects a page holds: as many as `Prefer` says, or three; and whether the link to the "
            "next page is good for the same cookie and mailbox, or always expired; both are on record",
        ),
        "extras": About(
            "S19",
            "seen live",
            "§1.5",
            "whether objects and envelopes have members that nobody knows yet",
        ),
        "administrator": About(
            "S20",
            "inferred",
            "§5.3",
            "whether the tenant's administrator makes a rule at the top before every write of the "
            "application, up to twenty",
        ),
        "leftovers": About(
            "S22",
            "seen live",
            "§2.0",
            "whether the admin centre's validation has left connectors behind that are named after ours",
        ),
        "batches": About(
            "S23",
            "shipping client",
            "§1.11",
            "whether the parts of a batch are answered in any order, in order, without status and headers, or "
            "not at all (400)",
        ),
        "consent": About(
            "",
            "seen live",
            "§1.4",
            "the application is in the tenant; otherwise no token (AADSTS7000229), and 401 with an old one",
        ),
        "app_permission": About(
            "",
            "seen live",
            "§1.4",
            "the application has been granted Exchange.ManageAsApp; otherwise it is not in the token, and "
            "Exchange answers 401",
        ),
        "role": About(
            "",
            "seen live",
            "§1.4",
            "the application's directory role: the first carries everything, the second all reads, the third "
            "the reads of transport rules, ARC sealers and accepted domains; whatever a role does not carry "
            "is a 403",
        ),
        "graph_permission": About(
            "",
            "documented",
            "§3.1, §3.2",
            "the application has been granted RoleManagement.ReadWrite.Directory; otherwise Graph assigns no "
            "role (403)",
        ),
    }
)
