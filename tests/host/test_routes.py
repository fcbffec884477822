import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.host.failures import BadRoute
from local.host.routes import RouteTable, parse_route

A_GUID = "3f2b7c1e-0000-4000-8000-00000000aaaa"


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("plain", "plain", {}),
        ("plain", "PLAIN/", {}),
        ("plain", "plainer", None),
        ("plain", "plain/x", None),
        ("a.b", "axb", None),
        ("", "", {}),
        ("tenants/{id}", "tenants/7f", {"id": "7f"}),
        ("tenants/{id}", "tenants", None),
        ("tenants/{id}", "tenants/", None),
        ("tenants/{id}", "tenants/a/b", None),
        ("tenants/{id}", "Tenants/A%20b%2Fc", {"id": "A b/c"}),
        ("tenants/{id}/drift", "tenants/x/drift", {"id": "x"}),
        ("{a}/{b?}", "x", {"a": "x"}),
        ("{a}/{b?}", "x/y", {"a": "x", "b": "y"}),
        ("{a?}", "", {}),
        ("n/{id:int}", "n/-12", {"id": "-12"}),
        ("n/{id:int}", "n/1.5", None),
        ("n/{id:int?}", "n", {}),
        ("n/{id:int?}", "n/x", None),
        ("n/{id:long}", "n/12345678901", {"id": "12345678901"}),
        ("n/{id:int}", "n/12345678901", None),
        ("n/{on:bool}", "n/True", {"on": "True"}),
        ("n/{w:alpha}", "n/abc", {"w": "abc"}),
        ("n/{w:alpha}", "n/ab1", None),
        ("n/{g:guid}", f"n/{A_GUID}", {"g": A_GUID}),
        ("n/{g:guid}", f"n/{A_GUID.upper()}", {"g": A_GUID.upper()}),
        ("n/{g:guid}", "n/3f2b7c1e", None),
        ("n/{x:double}", "n/1.5e3", {"x": "1.5e3"}),
        ("n/{x:decimal}", "n/1e3", None),
        ("n/{s:length(3)}", "n/abc", {"s": "abc"}),
        ("n/{s:length(3)}", "n/ab", None),
        ("n/{s:minlength(2):maxlength(3)}", "n/abc", {"s": "abc"}),
        ("n/{s:minlength(2):maxlength(3)}", "n/abcd", None),
        ("n/{s:minlength(2):maxlength(3)}", "n/a", None),
        ("n/{s:alpha:length(2)}", "n/a1", None),
        ("files/{*path}", "files/a/b", {"path": "a/b"}),
        ("files/{*path}", "files", {}),
        ("files/{**path}", "files/a/b", {"path": "a/b"}),
        ("report-{day}.csv", "report-monday.csv", {"day": "monday"}),
        ("report-{day:int}.csv", "report-monday.csv", None),
        ("/slashes/", "slashes", {}),
    ],
)
def test_which_paths_a_template_takes(template: str, path: str, values: dict[str, str] | None) -> None:
    assert parse_route("f", template).match("GET", path) == values


@pytest.mark.parametrize(
    "template",
    ["a//b", "{", "a/}", "{a", "{a}{", "x{y:}", "{id:range(1,2)}", "{id:length}", "{a}/{a}", "{a:regex(^a$)}", "{a b}"],
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(BadRoute, match=re.escape(repr(template))):
        parse_route("f", template)


def test_methods_are_compared_in_any_case_and_none_means_all() -> None:
    assert parse_route("f", "x", ["get"]).match("GET", "x") == {}
    assert parse_route("f", "x", ["GET"]).match("HEAD", "x") is None
    assert parse_route("f", "x").match("PATCH", "x") == {}


@pytest.mark.parametrize(
    ("path", "function"),
    [("a/b", "literal"), ("a/7", "constrained"), ("a/c", "free"), ("a/c/d", "rest"), ("z", "rest")],
)
def test_the_most_particular_template_wins_whatever_the_order(path: str, function: str) -> None:
    templates = {"rest": "{*all}", "free": "a/{x}", "constrained": "a/{x:int}", "literal": "a/b"}
    for names in (list(templates), list(templates)[::-1]):
        found = RouteTable(parse_route(name, templates[name]) for name in names).find("GET", path)
        assert found is not None
        assert found[0] == function


def test_one_path_may_have_a_function_for_each_method() -> None:
    table = RouteTable([parse_route("read", "x", ["GET"]), parse_route("write", "x", ["POST"])])
    assert table.find("POST", "x") == ("write", {})
    assert table.find("PUT", "x") is None


@settings(max_examples=40)
@given(st.lists(st.text("ab-_.~09", min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_path_without_parameters_matches_itself_alone(parts: list[str]) -> None:
    path = "/".join(parts)
    route = parse_route("f", path)
    assert route.match("GET", path.upper()) == {}
    assert route.match("GET", path + "/more") is None
    assert route.match("GET", "x" + path) is None
