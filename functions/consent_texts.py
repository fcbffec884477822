"""What an administrator reads after the way to Entra's consent page: what came of it, and what to do next."""

from collections.abc import Mapping

from functions.pages import Page
from shared.application.consent import Answer, Consented
from shared.domain.guidance import Guidance
from shared.domain.tenants import Verdict

NO_LINK = Page(
    "This link leads nowhere",
    ("Please check that you opened the whole link that we sent you. If you did, ask us for a new one.",),
)
TRY_LATER = Page(
    "We cannot answer just now",
    ("Nothing is lost. Please open the link that we sent you again in a few minutes.",),
)
_USED_UP = Page(
    "This answer does not count",
    (
        "The link was used before, is more than half an hour old, was opened for another tenant, or is none of ours.",
        "If you have consented already, nothing is to be done. If not, please open the link that we sent you again.",
    ),
)
REFUSALS: Mapping[int, Page] = {401: _USED_UP, 404: NO_LINK}
"""The page of each status; one for every cause."""

_REFUSED = (
    "Our application was not admitted to your Microsoft 365 tenant, and nothing was changed in it.",
    "If you want to go on, please open the link that we sent you again and accept.",
    "It takes a Global Administrator or a Privileged Role Administrator of your tenant.",
)
_PROVED = (
    "We have access to your Microsoft 365 tenant.",
    "Nothing more is to be done: our work begins by itself, and you can close this page.",
)
_WAITING = (
    "Your consent was received. We could not prove our access to your Microsoft 365 tenant yet.",
    "It often takes Microsoft some minutes. We try again by ourselves, and write to you if anything is missing.",
)
_FOR_US = (
    "Your consent was received. Something in your Microsoft 365 tenant is for us to look at before we go on.",
    "Nothing is to be done: we write to you, and nothing was changed.",
)


def outcome_page(answer: Answer, outcome: Consented, advice: Guidance) -> Page:
    """The page for what came of a consent.

    Args:
        answer: What Entra sent the administrator back with.
        outcome: What came of it.
        advice: What to do about the tenant.
    """
    if answer.error:
        return Page(f"Not admitted ({answer.error})", _REFUSED)
    if outcome.is_proved:
        return Page("Thank you: access is proved", _PROVED)
    if advice.sentence:
        return Page("One more step", (advice.sentence,), advice.commands)
    if outcome.tenant.verdict is Verdict.NEEDS_HUMAN:
        return Page("Thank you: we look at it", _FOR_US)
    return Page("Thank you: we are checking", _WAITING)
