"""The positions of one tenant's switches, each of which a tenant starts with its first.

What each decides, how sure its first position is and where that comes from stands in ``registry``.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

from local.twin import positions as at
from local.twin import positions_of_entra as entra


@dataclass
class Switches:
    """One tenant's positions."""

    replicas: at.Replicas = at.Replicas.ONE
    denial_body: at.DenialBody = at.DenialBody.NUL_BYTES
    old_tokens: entra.OldTokens = entra.OldTokens.POWERLESS
    read_back: at.ReadBack = at.ReadBack.NORMALISED
    skip_list_text: at.SkipListText = at.SkipListText.AS_WRITTEN
    single_words: at.SingleWords = at.SingleWords.LISTS
    arc_shape: at.ArcShape = at.ArcShape.TEXT
    restricted_inbound: at.RestrictedInbound = at.RestrictedInbound.NO
    new_rules: at.NewRules = at.NewRules.ON
    stop_class: at.StopClass = at.StopClass.UNLISTED
    server_rules: bool = True
    unknown_identity: at.UnknownIdentity = at.UnknownIdentity.NOT_FOUND
    outbound_filter: at.OutboundFilter = at.OutboundFilter.ALL
    reasons: at.Reasons = at.Reasons.BY_KIND
    language: at.Language = at.Language.AS_ASKED
    lost_answers: at.LostAnswers = at.LostAnswers.NEVER
    throttling: at.Throttling = at.Throttling.NEVER
    transient: at.Transient = at.Transient.NEVER
    front_door: at.FrontDoor = at.FrontDoor.DIRECT
    hidden_errors: at.HiddenErrors = at.HiddenErrors.NEVER
    dehydrated: at.Dehydrated = at.Dehydrated.NO
    hydration: at.Hydration = at.Hydration.AT_ONCE
    paging: at.Paging = at.Paging.AS_ASKED
    extras: at.Extras = at.Extras.SOME
    administrator: at.Administrator = at.Administrator.QUIET
    leftovers: at.Leftovers = at.Leftovers.NONE
    batches: at.Batches = at.Batches.SHUFFLED
    consent: bool = True
    app_permission: bool = True
    role: entra.DirectoryRole = entra.DirectoryRole.EXCHANGE_ADMINISTRATOR
    graph_permission: bool = False
    consent_answer: entra.ConsentAnswer = entra.ConsentAnswer.GRANTS

    def turn(self, positions: dict[str, object]) -> None:
        """Turn some switches; all of them or none.

        Raises:
            ValueError: There is no such switch or position.
        """
        turned = {name: _position(name, position) for name, position in positions.items()}
        for name, position in turned.items():
            setattr(self, name, position)


def positions() -> dict[str, tuple[object, ...]]:
    """Every switch's positions, by its name; the one that a tenant starts with first."""
    found: dict[str, tuple[object, ...]] = {}
    for switch in fields(Switches):
        likely = switch.default
        found[switch.name] = tuple(type(likely)) if isinstance(likely, StrEnum) else (likely, not likely)
    return found


def _position(name: str, position: object) -> object:
    known = positions()
    if name not in known:
        raise ValueError(f"there is no switch {name!r}")
    valid = known[name]
    if position not in valid or isinstance(position, bool) is not isinstance(valid[0], bool):
        raise ValueError(f"{position!r} is no position of {name}; there are {', '.join(map(str, valid))}")
    return next(one for one in valid if one == position)
