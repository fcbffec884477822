"""Whether a tenant can be provisioned: judged from one thorough look, before the first write. Read-only.

Source: exchange contract §1.4 (rights by cmdlet), §2.1.4 (restricted tenants), §2.4.5 (300 rules), §2.6 (hydration),
§2.7 (accepted domains).
"""

from collections.abc import Iterable, Iterator, Sequence

from shared.domain.drift import Drift, Fault
from shared.domain.findings import Finding, Weight
from shared.domain.interference import interference
from shared.domain.observation import Absent, Complete, Observation, is_dehydrated, look_for
from shared.domain.resources import Item, Kind, Resource
from shared.domain.survey import Survey, accepts
from shared.domain.tenants import Tenant, Verdict

CMDLETS = frozenset(
    f"{verb}-{kind}"
    for kind, verbs in {
        Kind.INBOUND_CONNECTOR: ("Get", "New", "Set", "Remove"),
        Kind.OUTBOUND_CONNECTOR: ("Get", "New", "Set", "Remove"),
        Kind.TRANSPORT_RULE: ("Get", "New", "Set", "Enable", "Disable", "Remove"),
        Kind.ARC_CONFIG: ("Get", "Set"),
    }.items()
    for verb in verbs
)
"""Everything that the product runs in a tenant and cannot do without, from the first read to the off-boarding."""

_MOST_RULES = 300
_NEARLY = 290


def preflight(
    tenant: Tenant, survey: Survey, desired: Sequence[Resource], drifts: Sequence[Drift]
) -> tuple[Finding, ...]:
    """List what stands in the way of a provision, then what is good to know before it.

    Args:
        tenant: Whom the signup named.
        survey: What was read.
        desired: The table.
        drifts: How the tenant differs from it.
    """
    found = (
        *_identity(tenant, survey),
        *_rights(survey),
        *_strangers(drifts),
        *_room(desired, survey.observation),
        *_organisation(tenant, survey.observation),
        *interference(survey.observation),
    )
    return tuple(sorted(found, key=lambda finding: tuple(Weight).index(finding.weight)))


def worst(findings: Iterable[Finding]) -> Finding | None:
    """The first blocker; ``None`` where a provision may begin."""
    return next((finding for finding in findings if finding.weight is Weight.BLOCKER), None)


def _identity(tenant: Tenant, survey: Survey) -> Iterator[Finding]:
    if isinstance(survey.domains, Complete) and not accepts(survey.domains, tenant.initial_domain):
        sentence = f"{tenant.initial_domain} is not an accepted domain of this tenant: ask who signed up for whom"
        yield Finding("foreign_domain", Weight.BLOCKER, sentence, Verdict.NEEDS_HUMAN)


def _rights(survey: Survey) -> Iterator[Finding]:
    """A list without any cmdlet of ours says nothing of roles: reads went through all the same."""
    known = {cmdlet.casefold(): cmdlet for cmdlet in CMDLETS}
    missing = sorted(name for key, name in known.items() if survey.cmdlets is not None and key not in survey.cmdlets)
    if survey.cmdlets is None or len(missing) == len(known):
        yield Finding("rights_unknown", Weight.NOTE, "what the application may run could not be read")
    elif missing:
        sentence = f"the application's role does not allow {', '.join(missing)}"
        yield Finding("cmdlets_missing", Weight.BLOCKER, sentence, Verdict.NEEDS_ROLE)


def _strangers(drifts: Iterable[Drift]) -> Iterator[Finding]:
    """One finding for each code, however many objects it names: the record keeps findings by their codes."""
    said: dict[str, list[str]] = {}
    for drift in drifts:
        if drift.fault is Fault.STRANGER:
            is_other = drift.item is Item.LOOP_CHECK and "HeaderContainsWords" in drift.reason
            code = "other_guid" if is_other else "stranger"
            said.setdefault(code, []).append(_said(code, drift))
    for code, sentences in said.items():
        yield Finding(code, Weight.BLOCKER, "; ".join(sentences), Verdict.NEEDS_HUMAN)


def _said(code: str, drift: Drift) -> str:
    if code == "other_guid":
        return (
            "the Loop Check in this tenant has another GUID than ours, and overwriting it would make mail loop: ask "
            "the vendor for this customer's GUID and sign the tenant up again with it as loop_check_guid"
        )
    return (
        f"{drift.item} is there and is not ours ({drift.reason}): the customer's administrator must rename or remove "
        "it, or make it as the article says; we do not touch it"
    )


def _room(desired: Iterable[Resource], observation: Observation) -> Iterator[Finding]:
    reading = observation.get(Kind.TRANSPORT_RULE)
    if not isinstance(reading, Complete):
        return
    rules = [resource for resource in desired if resource.kind is Kind.TRANSPORT_RULE]
    more = sum(isinstance(look_for(rule, observation), Absent) for rule in rules)
    count = len(reading.rows)
    if more and count + more > _MOST_RULES:
        sentence = f"the tenant has {count} of {_MOST_RULES} rules: {more} more do not fit, some must go first"
        yield Finding("rules_full", Weight.BLOCKER, sentence, Verdict.NEEDS_HUMAN)
    elif count + more > _NEARLY:
        yield Finding("rules_nearly_full", Weight.WARNING, f"the tenant has {count} of {_MOST_RULES} rules")


def _organisation(tenant: Tenant, observation: Observation) -> Iterator[Finding]:
    if is_dehydrated(observation):
        sentence = (
            "the organisation has no objects of its own yet: where Exchange refuses a write for it, its administrator "
            "must run Enable-OrganizationCustomization once and wait for an hour"
        )
        yield Finding("dehydrated", Weight.WARNING, sentence)
    refused = tenant.refused.get(Item.FROM_CONNECTOR)
    if refused:
        yield Finding("inbound_refused", Weight.WARNING, refused)
    elif not _has_inbound(observation):
        sentence = "whether Microsoft allows inbound connectors here shows at the first write: nothing tells before"
        yield Finding("inbound_untried", Weight.NOTE, sentence)


def _has_inbound(observation: Observation) -> bool:
    """An enabled connector from somebody's own servers shows that the tenant may have one (§2.1.4)."""
    reading = observation.get(Kind.INBOUND_CONNECTOR)
    rows = reading.rows if isinstance(reading, Complete) else ()
    return any(row.get("Enabled") is True and str(row.get("ConnectorType")).casefold() == "onpremises" for row in rows)
