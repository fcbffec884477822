import pytest

from tests.twin.desk import DOMAIN, TENANT_ID, Desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def seal(desk: Desk, *sealers: str, identity: str = "Default") -> None:
    assert desk.run("Set-ArcConfig", Identity=identity, ArcTrustedSealers=list(sealers)) == []


def test_there_is_no_object_before_the_first_write(desk: Desk) -> None:
    assert desk.run("Get-ArcConfig") == []


def test_sealers_read_back_as_one_text_in_their_order_and_spelling(desk: Desk) -> None:
    seal(desk, "b.Example", "a.example")
    [row] = desk.run("Get-ArcConfig")
    assert (row["ArcTrustedSealers"], row["Identity"], row["Name"]) == ("b.Example,a.example", "Default", "Default")


def test_a_write_replaces_the_whole_list(desk: Desk) -> None:
    seal(desk, "a.example", "b.example")
    seal(desk, "c.example")
    assert desk.run("Get-ArcConfig")[0]["ArcTrustedSealers"] == "c.example"


def test_a_text_with_commas_is_several_sealers(desk: Desk) -> None:
    desk.run("Set-ArcConfig", Identity="Default", ArcTrustedSealers="a.example, b.example")
    assert desk.run("Get-ArcConfig")[0]["ArcTrustedSealers"] == "a.example,b.example"


@pytest.mark.parametrize("space", [" ", [" "]], ids=repr)
def test_one_space_clears_and_leaves_the_object(desk: Desk, space: object) -> None:
    seal(desk, "a.example")
    desk.run("Set-ArcConfig", Identity="Default", ArcTrustedSealers=space)
    assert [row["ArcTrustedSealers"] for row in desk.run("Get-ArcConfig")] == [""]


@pytest.mark.parametrize("identity", ["Default", "default", f"{TENANT_ID}\\Default", f"{TENANT_ID}\\default".upper()])
def test_the_list_has_two_identities(desk: Desk, identity: str) -> None:
    seal(desk, "a.example", identity=identity)
    assert len(desk.run("Get-ArcConfig")) == 1


@pytest.mark.parametrize(
    "identity", ["Other", "", f"{DOMAIN}\\Default", "6f1d3c5a-0000-4000-8000-000000000002\\Default"]
)
def test_another_identity_is_refused(desk: Desk, identity: str) -> None:
    assert desk.refusal("Set-ArcConfig", Identity=identity, ArcTrustedSealers=["a.example"]).status in (400, 404)
    assert desk.run("Get-ArcConfig") == []
