"""What the customer is told, word for word, by what stands in the way."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import errors
from shared.domain import guidance as subject
from shared.domain.errors import KeeperError
from shared.domain.guidance import EXCHANGE_ADMINISTRATOR, Guidance, guidance
from shared.domain.report import verdict_of
from shared.domain.tenants import Stage, Tenant, Verdict
from tests.domain.world import CANARY, FROM, LOOP, OWNED, REDIRECT, TO, modest, tenant_of

CLIENT = "11111111-2222-4333-8444-555555555555"
HERE = [Stage.AWAITING_CONSENT, Stage.STAGED, Stage.ACTIVE, Stage.PAUSED]

ROLE = (
    "Our application has been admitted to your Microsoft 365 tenant and may not manage its Exchange yet. Please assign "
    "it the role Exchange Administrator in the Entra admin center (Roles and administrators > Exchange Administrator > "
    "Add assignments), or the role group that we describe."
)
CONSENT = (
    "Our application is not admitted to your Microsoft 365 tenant. Please open the consent link that we sent you, sign "
    "in as a Global Administrator or Privileged Role Administrator, and accept."
)
PERMISSION = (
    "Our application was admitted to your Microsoft 365 tenant without the permission Exchange.ManageAsApp (Office 365 "
    "Exchange Online, application permission). Please open the consent link that we sent you once more, as a Global "
    "Administrator or Privileged Role Administrator, and accept."
)
PROPAGATING = (
    "The role that you gave our application has not reached every server of Microsoft's yet. Nothing is to be done: "
    "it takes from a few minutes to an hour, and we try again by ourselves. If it lasts longer, please check that the "
    "role Exchange Administrator is assigned to our application."
)
LOST = (
    "Microsoft does not know your Microsoft 365 tenant any more, or has blocked it. Please tell us whether it still "
    "exists."
)
BY_HAND = (
    "Our application has no access to your Microsoft 365 tenant any more, so that we could not remove what we had "
    "made. Please run these commands as an Exchange administrator, in this order, or give us access again for a day."
)
SAID: list[tuple[type[KeeperError], str]] = [
    (errors.NeedsConsent, CONSENT),
    (errors.NeedsPermission, PERMISSION),
    (errors.NeedsRole, ROLE),
    (errors.RolePropagating, PROPAGATING),
    (errors.TenantGone, LOST),
]


def failed(error: type[KeeperError], stage: Stage = Stage.AWAITING_CONSENT) -> Tenant:
    return replace(tenant_of(stage), verdict=verdict_of(error("x")), failure=error.code)


@pytest.mark.parametrize("stage", HERE)
@pytest.mark.parametrize(("error", "sentence"), SAID)
def test_each_obstacle_has_its_exact_sentence(error: type[KeeperError], sentence: str, stage: Stage) -> None:
    assert guidance(failed(error, stage), CLIENT).sentence == sentence


@pytest.mark.parametrize("error", [error for error, _ in SAID])
def test_only_a_missing_role_is_given_commands(error: type[KeeperError]) -> None:
    commands = guidance(failed(error), CLIENT).commands
    assert bool(commands) is (error in (errors.NeedsRole, errors.RolePropagating))


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (Verdict.NEEDS_CONSENT, CONSENT),
        (Verdict.NEEDS_ROLE, ROLE),
        (Verdict.TENANT_GONE, LOST),
        *[
            (verdict, "")
            for verdict in Verdict
            if verdict not in (Verdict.NEEDS_CONSENT, Verdict.NEEDS_ROLE, Verdict.TENANT_GONE)
        ],
    ],
)
def test_without_an_error_the_verdict_speaks(verdict: Verdict, sentence: str) -> None:
    for failure in ("", "throttled", "needs_human"):
        tenant = replace(tenant_of(Stage.AWAITING_CONSENT), verdict=verdict, failure=failure)
        assert guidance(tenant, CLIENT).sentence == sentence


def test_the_role_is_assigned_by_the_directory_or_by_a_narrow_group() -> None:
    commands = guidance(failed(errors.NeedsRole), CLIENT).commands
    assert EXCHANGE_ADMINISTRATOR == "29232cdf-9323-42fd-ade2-1d097af3e4de"
    assert [line.split(" ")[0] for line in commands if not line.startswith("#")] == [
        "Connect-MgGraph",
        "$principal",
        "New-MgRoleManagementDirectoryRoleAssignment",
        "Connect-ExchangeOnline",
        "New-ServicePrincipal",
        "New-RoleGroup",
        "Add-RoleGroupMember",
    ]
    assert sum(CLIENT in line for line in commands) == 2
    assert any(EXCHANGE_ADMINISTRATOR in line for line in commands)


def test_what_could_not_be_removed_is_listed_for_the_administrator_redirect_first_and_the_sealer_last() -> None:
    tenant = replace(failed(errors.NeedsConsent, Stage.OFFBOARDING), owned=OWNED)
    said = guidance(tenant, CLIENT)
    assert said.sentence == BY_HAND
    assert said.commands[:7] == (
        "Connect-ExchangeOnline",
        f'Disable-TransportRule -Identity "{OWNED[REDIRECT]}" -Confirm:$false',
        f'Disable-TransportRule -Identity "{OWNED[LOOP]}" -Confirm:$false',
        f'Remove-TransportRule -Identity "{OWNED[REDIRECT]}" -Confirm:$false',
        f'Remove-TransportRule -Identity "{OWNED[LOOP]}" -Confirm:$false',
        f'Remove-OutboundConnector -Identity "{OWNED[TO]}" -Confirm:$false',
        f'Remove-InboundConnector -Identity "{OWNED[FROM]}" -Confirm:$false',
    )
    assert '-ne "dkim.mailmarshal.cloud"' in said.commands[7]
    assert said.commands[8].startswith("Set-ArcConfig -Identity Default -ArcTrustedSealers ")
    assert len(said.commands) == 9


@given(st.sets(st.sampled_from(sorted(OWNED))))
@modest
def test_an_object_whose_guid_is_not_known_is_named(known: set[str]) -> None:
    owned = {name: guid for name, guid in OWNED.items() if name in known}
    commands = guidance(replace(failed(errors.NeedsRole, Stage.OFFBOARDING), owned=owned), CLIENT).commands
    removed = [line.split('"')[1] for line in commands if line.startswith("Remove-")]
    assert removed == [str(OWNED[name]) if name in known else name for name in (REDIRECT, LOOP, TO, FROM)]


def test_a_tenant_that_leaves_or_has_left_is_told_nothing_else() -> None:
    elsewhere: list[type[KeeperError]] = [errors.TenantGone, errors.RolePropagating, errors.NeedsHuman]
    for error in elsewhere:
        assert guidance(failed(error, Stage.OFFBOARDING), CLIENT) == Guidance()
    for error, _ in SAID:
        assert guidance(failed(error, Stage.OFFBOARDED), CLIENT) == Guidance()


codes = st.sampled_from(["", "by_hand", *(kind.code for kind, _ in SAID), "rejected"]) | st.text(max_size=9)


@given(st.sampled_from(Stage), st.sampled_from(Verdict), codes)
@modest
def test_no_guidance_shows_a_secret_and_commands_never_come_alone(stage: Stage, verdict: Verdict, failure: str) -> None:
    tenant = replace(tenant_of(stage), verdict=verdict, failure=failure, owned=OWNED)
    said = guidance(tenant, CLIENT)
    assert CANARY not in repr(said)
    assert said.sentence or not said.commands
    assert "\n" not in said.sentence
    assert (said.sentence == BY_HAND) is (
        stage is Stage.OFFBOARDING and verdict in (Verdict.NEEDS_CONSENT, Verdict.NEEDS_ROLE)
    )


def test_every_code_that_guidance_knows_is_a_code_of_an_error() -> None:
    assert set(subject._SENTENCES) == {error.code for error, _ in SAID}
