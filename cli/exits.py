"""The exit codes, the same for every command."""

from collections.abc import Mapping

NOTHING, ERROR, CHANGES, INTERRUPTED = 0, 1, 2, 130

MEANINGS: Mapping[int, str] = {
    NOTHING: "Done, or nothing to do.",
    ERROR: "An error, or something was refused: its code, cause and next command are on stderr.",
    CHANGES: "`plan`, `diff`, `apply --dry-run`: a tenant is not as it is wanted. `verify --wait`: not every tenant is "
    "healthy. `doctor`: there is something to mend. `proof`: it does not prove that nothing is left.",
    INTERRUPTED: "Interrupted. What was asked for until then stays asked for.",
}


def worst(*codes: int) -> int:
    """What a run of several parts ends with: an error counts more than changes."""
    found = set(codes)
    return ERROR if ERROR in found else CHANGES if CHANGES in found else NOTHING
