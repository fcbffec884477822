"""A tenant's accepted domains."""

import json

import pytest

from tests.twin.desk import DOMAIN, START, Desk, bearer, calling, new_desk

OTHER = "6f1d3c5a-0000-4000-8000-000000000002"
FURTHER = {"Tailspin.example": "Authoritative", "old.tailspin.example": "InternalRelay"}


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def made(desk: Desk, **fields: object) -> Desk:
    """A desk at another tenant that came through the door."""
    response = desk.send("POST", f"/twin/tenants/{OTHER}", {"domain": "tailspin.onmicrosoft.com", "rules": 0, **fields})
    assert response.status == 201, response.body
    tenant = desk.twin.tenant(OTHER)
    assert tenant is not None
    tenant.switches.turn({"extras": "none"})
    return Desk(desk.twin, tenant, desk.clock)


def domains(desk: Desk) -> list[tuple[str, str, bool, bool]]:
    rows = desk.run("Get-AcceptedDomain")
    assert rows == desk.tenant.domains
    return [(row["DomainName"], row["DomainType"], row["InitialDomain"], row["Default"]) for row in rows]


def test_a_tenant_has_its_initial_domain_and_sends_from_one_that_is_made_from_it(desk: Desk) -> None:
    assert domains(desk) == [
        (DOMAIN, "Authoritative", True, False),
        ("fabrikam.example", "Authoritative", False, True),
    ]


def test_further_domains_are_named_when_the_tenant_is_made_and_the_first_is_the_default(desk: Desk) -> None:
    assert domains(made(desk, domains=FURTHER)) == [
        ("tailspin.onmicrosoft.com", "Authoritative", True, False),
        ("tailspin.example", "Authoritative", False, True),
        ("old.tailspin.example", "InternalRelay", False, False),
    ]


@pytest.mark.parametrize("fields", [{"domains": {}}, {"domain": "tailspin.example"}], ids=str)
def test_a_tenant_may_have_its_initial_domain_alone(desk: Desk, fields: dict[str, object]) -> None:
    assert [row[2:] for row in domains(made(desk, **fields))] == [(True, True)]


@pytest.mark.parametrize(
    "further",
    [
        [],
        {"tailspin.example": "Nonsense"},
        {"tailspin.example": None},
        {"no domain": "Authoritative"},
        {"Tailspin.onmicrosoft.com": "InternalRelay"},
    ],
    ids=str,
)
def test_what_is_no_further_domain_is_refused_and_no_tenant_is_made(desk: Desk, further: object) -> None:
    fields = {"domain": "tailspin.onmicrosoft.com", "domains": further}
    response = desk.send("POST", f"/twin/tenants/{OTHER}", fields)
    assert (response.status, bool(json.loads(response.body)["error"])) == (400, True)
    assert desk.twin.tenant(OTHER) is None


def test_a_domain_is_an_object_of_the_directory(desk: Desk) -> None:
    [row] = desk.run("Get-AcceptedDomain", Identity="FABRIKAM.example")
    assert (row["Name"], row["Identity"], row["Guid"]) == ("fabrikam.example",) * 2 + (row["ExchangeObjectId"],)
    assert row["DistinguishedName"].startswith("CN=fabrikam.example,CN=Accepted Domains,CN=Transport Settings,")
    assert row["WhenCreatedUTC"] == START.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    assert desk.run("Get-AcceptedDomain", Identity=row["Guid"]) == [row]


def test_a_domain_that_the_tenant_does_not_have_is_not_found(desk: Desk) -> None:
    assert desk.refusal("Get-AcceptedDomain", Identity="nobody.example").status == 404
    desk.tenant.switches.turn({"unknown_identity": "everything"})
    assert len(desk.run("Get-AcceptedDomain", Identity="nobody.example")) == 2


def test_a_tenant_is_found_by_any_of_its_domains(desk: Desk) -> None:
    path = "/adminapi/beta/Fabrikam.example/InvokeCommand"
    for name in ("Fabrikam.example", DOMAIN):
        assert desk.twin.tenant(name) is desk.tenant
    assert desk.send("POST", path, calling("Get-ArcConfig"), bearer(desk.token())).status == 200


def test_a_tenant_that_is_made_twice_has_the_same_domains(desk: Desk) -> None:
    one, other = (made(desk).tenant.domains for _ in range(2))
    assert one == other
