"""Questions 7, 9 and 12: pages, refusals and rates, as the wire carries them."""

from collections.abc import Mapping

from local.probe.evidence import Evidence, Seen, Unsettled, worded
from local.probe.judgement import Judge, Question, unsettled
from local.probe.steps import EVERYTHING, Page, Step
from shared.adapters.exchange_answers import Reply
from shared.adapters.exchange_envelope import parsed

_GET_RULE = "Get-TransportRule"
_FIRST = ("page-of-one", "page-by-result-size")


def _cut(slug: str) -> Judge:
    def judge(seen: Seen) -> str:
        found = _page(seen, slug)
        rows = len(found.envelope.rows or ())
        said = "with a link to the rest" if has_link(found) else "without a link"
        warned = " and a warning" if found.envelope.remarks else ""
        if not (found.envelope.next_link or found.envelope.is_short) and rows <= 1:
            raise Unsettled("the list has no more than one object; ask in a tenant with two transport rules")
        return f"{rows} objects, {said}{warned}"

    return judge


def has_link(found: Evidence) -> bool:
    """Whether an answer says where its next page is."""
    document = parsed(found.answer.body) if found.answer else None
    return isinstance(document, Mapping) and isinstance(document.get("@odata.nextLink"), str)


def _page(seen: Seen, slug: str) -> Evidence:
    """Take a page as it came: the product calls any list incomplete that has a link."""
    found = seen.evidence.get(slug)
    if found is None or found.envelope.rows is None:
        return seen.at(slug)
    return found


def _next(slug: str) -> Judge:
    def judge(seen: Seen) -> str:
        found = _page(seen, slug)
        rows = found.envelope.rows
        return worded(found) if rows is None else f"goes on with {len(rows)} objects"

    return judge


PAGING = Question(
    7,
    "Paging: whether the link to the next page works, with and without the cookies of the first",
    (
        Step(_FIRST[0], _GET_RULE, page=Page(size=1)),
        Step("next-page-with-cookies", _GET_RULE, page=Page(size=1, after=_FIRST[0], cookies=True)),
        Step("next-page-without-cookies", _GET_RULE, page=Page(size=1, after=_FIRST[0])),
        Step(_FIRST[1], _GET_RULE, {"ResultSize": 1}),
    ),
    (
        ("a page of one by Prefer", _cut(_FIRST[0])),
        ("the next with anchor and cookies", _next("next-page-with-cookies")),
        ("the next with anchor alone", _next("next-page-without-cookies")),
        ("a page of one by ResultSize", _cut(_FIRST[1])),
    ),
)

_REASONS = ("x-exceptiontype", "x-ms-diagnostics", "content-encoding", "www-authenticate")


def _refused_headers(slug: str) -> Judge:
    def judge(seen: Seen) -> str:
        found = seen.evidence.get(slug)
        if found is None or found.answer is None:
            raise Unsettled(seen.skipped.get(slug, str(found.outcome) if found else "it was not asked"))
        if isinstance(found.outcome, Reply):
            raise Unsettled("the application has a role here; run the probe before its role is assigned")
        named = [name for name in _REASONS if name in found.answer.headers]
        return f"HTTP {found.answer.status}, of {', '.join(_REASONS)} it has {', '.join(named) or 'none'}"

    return judge


ROLES = Question(
    9,
    "What a refusal looks like without a directory role, with one that is not supported; how long a new role takes",
    (Step("role-missing", "Get-ArcConfig"), Step("cmdlet-unknown", "Get-MailflowKeeperProbe")),
    (
        ("without a role, or with one that is not supported", _refused_headers("role-missing")),
        ("a cmdlet that no role has", _refused_headers("cmdlet-unknown")),
        (
            "from the assignment to the first 200",
            unsettled("the probe assigns no role; note the time and run it again"),
        ),
    ),
)

_RATE = ("rate-limit-", "x-concurrency", "x-combinedapponlyconcurrency", "retry-after", "x-ratelimit")


def _rates(seen: Seen) -> str:
    answered = [found.answer.headers for found in seen.evidence.values() if found.answer]
    seen.reply("rate-headers")
    named = sorted({name for headers in answered for name in headers if name.startswith(_RATE)})
    return f"{', '.join(named) or 'none'}, in {len(answered)} answers"


RATES = Question(
    12,
    "Which headers tell of rates today",
    (Step("rate-headers", "Get-InboundConnector", EVERYTHING),),
    (("", _rates),),
)
