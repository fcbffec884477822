"""The fleet's brake: when many tenants break at once, the cause is more likely ours or Microsoft's than theirs.

Source: design §5 (more than max(10, 5 %) newly broken in 60 minutes); reliability page §2 (fleet brake).
"""

from datetime import timedelta

from shared.domain.tenants import LEAVING, Stage, Tenant, Verdict

WINDOW = timedelta(minutes=60)
_LEAST = 10
_SHARE = 20
"""One in so many."""


def is_over(broken: int, fleet: int) -> bool:
    """Whether so many newly broken tenants of such a fleet are too many for chance."""
    return broken > max(_LEAST, fleet // _SHARE)


def has_broken(before: Tenant, after: Tenant, wanted: Tenant) -> bool:
    """Whether a look found a tenant broken that was well, and of which nothing else is wanted meanwhile."""
    is_same = before.generation == after.generation and wanted.stage is after.stage and after.moving_from is None
    is_ours = after.stage not in LEAVING and after.stage is not Stage.AWAITING_CONSENT
    return is_same and is_ours and before.verdict is Verdict.HEALTHY and after.verdict is Verdict.DRIFTED
