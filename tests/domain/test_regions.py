import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidSettings
from shared.domain.regions import Region, RegionData, parse_region_data
from tests.domain.world import modest

GOOD = ["203.0.113.0/24", "198.51.100.1-198.51.100.9", "2001:db8:a::/48"]
PUBLIC = ["8.8.8.0/24", "2606:4700::/32"]


def text(words: object = GOOD, *, version: object = "2026-11", **others: object) -> str:
    regions = {region.value: {"skip_ips": words} for region in Region}
    return json.dumps({"version": version, "regions": {**regions, **others}})


def refusal(document: bytes | str, *, production: bool = False) -> str:
    with pytest.raises(InvalidSettings) as error:
        parse_region_data(document, production=production)
    return str(error.value)


def test_the_regions_are_a_closed_list() -> None:
    assert [region.value for region in Region] == ["au", "eu", "us"]
    for name in ("EU ", "EU", "eu.evil.example/", "xx", ""):
        with pytest.raises(ValueError, match="is not a valid Region"):
            Region(name)


def test_region_data_is_kept_as_the_operator_wrote_it() -> None:
    assert parse_region_data(text(), production=False) == RegionData("2026-11", dict.fromkeys(Region, tuple(GOOD)))
    assert parse_region_data(text(PUBLIC).encode(), production=True).skip_ips[Region.US] == tuple(PUBLIC)


@pytest.mark.parametrize("word", GOOD)
def test_production_refuses_documentation_addresses(word: str) -> None:
    assert "documentation address" in refusal(text([word]), production=True)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("0.0.0.0/0", "wider than /16"),
        ("8.0.0.0/15", "wider than /16"),
        ("1.0.0.0-9.255.255.255", "wider than /16"),
        ("::/0", "wider than /32"),
        ("2600::/31", "wider than /32"),
        ("40.92.1.1", "belongs to Microsoft"),
        ("52.103.255.255", "belongs to Microsoft"),
        ("2a01:111:f403:1::/64", "belongs to Microsoft"),
        ("10.0.0.1", "not a public address"),
        ("192.168.0.0/16", "not a public address"),
        ("127.0.0.1", "not a public address"),
        ("169.254.0.1", "not a public address"),
        ("100.64.0.1", "not a public address"),
        ("224.0.0.1", "not a public address"),
        ("ff02::1", "not a public address"),
        ("fe80::1", "not a public address"),
        ("fc00::/32", "not a public address"),
        ("mail.example", "no address"),
        ("203.0.113.9-203.0.113.1", "no address"),
        ("203.0.113.0/33", "no address"),
        (" ", "no address"),
    ],
)
def test_an_address_that_must_not_be_trusted_is_refused_with_its_reason(word: str, why: str) -> None:
    assert why in refusal(text([*GOOD, word]))


def test_the_widest_blocks_are_accepted() -> None:
    assert parse_region_data(text(["8.8.0.0/16", "2606:4700::/32"]), production=True)


def test_an_empty_text_is_no_address() -> None:
    assert "no address" in refusal(text([*GOOD, ""]))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "null",
        "{",
        b"\xff",
        "[" * 40_000,
        '{"regions": []}',
        text(version=""),
        text(version=7),
        text([]),
        text("203.0.113.0/24"),
        text([7]),
        text(None),
        text(eu={}),
        text(eu=None),
        text(xx={"skip_ips": GOOD}),
        text(EU={"skip_ips": GOOD}),
    ],
    ids=range(17),
)
def test_region_data_of_another_form_is_refused(document: str | bytes) -> None:
    assert refusal(document).startswith("region data: ")


def test_every_problem_is_named_at_once() -> None:
    said = refusal(text(["10.0.0.1", "x"], version="", xx={}))
    assert all(part in said for part in ("version", "xx", "au: 10.0.0.1", "eu: 'x'", "us: "))


@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | st.lists(st.text(max_size=20)).map(text).map(str.encode)
)
@modest
def test_any_bytes_are_region_data_or_one_error(document: bytes) -> None:
    try:
        assert parse_region_data(document, production=True).version
    except InvalidSettings:
        return
