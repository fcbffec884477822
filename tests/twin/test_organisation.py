"""An organisation that has no objects of its own yet."""

import pytest

from tests.twin.desk import Desk, new_desk


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
