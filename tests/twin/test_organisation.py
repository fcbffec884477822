"""The organisation, and one that has no objects of its own yet."""

import pytest

from tests.twin.desk import DOMAIN, Desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()


ARC = {"Identity": "Default", "ArcTrustedSealers": ["a.example"]}


@pytest.mark.parametrize(("position", "rule_too"), [("arc", False), ("everything", True)])
def test_writes_are_refused_and_reads_are_not(desk: Desk, position: str, *, rule_too: bool) -> None:
    desk.tenant.switches.turn({"dehydrated": position})
    refusal = desk.refusal("Set-ArcConfig", **ARC)
    assert (refusal.status, refusal.type.rpartition(".")[2]) == (400, "InvalidOperationInDehydratedContextException")
    assert refusal.text.endswith("Enable-OrganizationCustomization.")
    response = desk.ask("New-TransportRule", Name="r", PrependSubject="[x]")
    assert response.status == (400 if rule_too else 200)
    assert desk.run("Get-ArcConfig") == desk.run("Get-ArcConfig")


def test_customization_is_enabled_once(desk: Desk) -> None:
    desk.tenant.switches.turn({"dehydrated": "everything"})
    desk.run("Enable-OrganizationCustomization")
    desk.run("Set-ArcConfig", **ARC)
    assert desk.refusal("Enable-OrganizationCustomization").text.startswith("This operation is not required.")


def organisation(desk: Desk) -> dict[str, object]:
    [row] = desk.run("Get-OrganizationConfig")
    return row


def test_the_organisation_is_named_by_its_initial_domain(desk: Desk) -> None:
    row = organisation(desk)
    assert (row["Name"], row["Identity"], row["DisplayName"]) == (DOMAIN, DOMAIN, "fabrikam")
    assert row["Guid"] != desk.tenant.tenant_id
    assert organisation(new_desk()) == row


@pytest.mark.parametrize("position", ["arc", "everything"])
def test_the_organisation_says_whether_it_is_dehydrated(desk: Desk, position: str) -> None:
    assert organisation(desk)["IsDehydrated"] is False
    desk.tenant.switches.turn({"dehydrated": position})
    assert organisation(desk)["IsDehydrated"] is True
    desk.run("Enable-OrganizationCustomization")
    assert organisation(desk)["IsDehydrated"] is False


def is_refused(desk: Desk) -> bool:
    return desk.ask("Set-ArcConfig", **ARC).status == 400


def test_hydration_may_take_an_hour_in_which_the_refusals_go_on(desk: Desk) -> None:
    desk.tenant.switches.turn({"dehydrated": "arc", "hydration": "after_an_hour"})
    desk.run("Enable-OrganizationCustomization")
    desk.advance(minutes=30)
    desk.run("Enable-OrganizationCustomization")
    desk.advance(minutes=29, seconds=59)
    assert (organisation(desk)["IsDehydrated"], is_refused(desk)) == (True, True)
    desk.advance(seconds=1)
    assert (organisation(desk)["IsDehydrated"], is_refused(desk)) == (False, False)
    assert desk.refusal("Enable-OrganizationCustomization").text.startswith("This operation is not required.")


def test_an_hour_means_nothing_to_an_organisation_where_nobody_asked(desk: Desk) -> None:
    desk.tenant.switches.turn({"dehydrated": "everything", "hydration": "after_an_hour"})
    desk.advance(hours=48)
    assert (organisation(desk)["IsDehydrated"], is_refused(desk)) == (True, True)


def test_hydration_may_throw_something_unrelated_and_have_worked(desk: Desk) -> None:
    desk.tenant.switches.turn({"dehydrated": "arc", "hydration": "throws_though_it_works"})
    refusal = desk.refusal("Enable-OrganizationCustomization")
    assert (refusal.status, "Role Assignment Policy" in refusal.text) == (400, True)
    assert (organisation(desk)["IsDehydrated"], is_refused(desk)) == (False, False)


@pytest.mark.parametrize("position", ["at_once", "after_an_hour", "throws_though_it_works"])
def test_an_organisation_with_objects_of_its_own_needs_no_hydration(desk: Desk, position: str) -> None:
    desk.tenant.switches.turn({"hydration": position})
    assert desk.refusal("Enable-OrganizationCustomization").text.startswith("This operation is not required.")


def test_an_organisation_that_is_dehydrated_anew_stays_so(desk: Desk) -> None:
    desk.tenant.switches.turn({"dehydrated": "arc"})
    desk.run("Enable-OrganizationCustomization")
    desk.tenant.switches.turn({"dehydrated": "arc"})
    assert (organisation(desk)["IsDehydrated"], is_refused(desk)) == (True, True)


def test_a_copy_of_the_directory_that_lags_hydrates_with_the_other(desk: Desk) -> None:
    desk.tenant.switches.turn({"dehydrated": "arc", "hydration": "after_an_hour", "replicas": "lagging"})
    desk.run("Enable-OrganizationCustomization")
    desk.advance(hours=1)
    assert [organisation(desk)["IsDehydrated"] for _ in range(2)] == [False, False]
