"""Examples and properties in pairs: a rewriting that means the same is equal, any change of meaning is not."""

import json
from collections.abc import Callable
from ipaddress import ip_network
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.values import (
    Compare,
    Secret,
    Unreadable,
    as_sealers,
    as_words,
    merged,
    networks,
    plain_form,
    satisfies,
    without,
)
from tests.domain.world import CANARY, modest

HOST = "m365integrated-array-1.eu.mailmarshal.cloud"
CIDRS = ("203.0.113.0/24", "198.51.100.7", "2001:db8:a::/48")

SAME = [
    (Compare.FLAG, True, True),
    (Compare.FLAG, False, False),
    (Compare.ENUM, "OnPremises", "onPREMISES"),
    (Compare.ENUM, "OnPremises", ["OnPremises"]),
    (Compare.DOMAIN, "*.eu.mailmarshal.cloud", "*.EU.mailmarshal.cloud."),
    (Compare.DOMAINS, (HOST,), HOST.upper()),
    (Compare.DOMAINS, (HOST,), [HOST + "."]),
    (Compare.DOMAINS, ("192.0.2.1",), ["[192.0.2.1]"]),
    (Compare.SENDERS, ("*",), ["smtp:*;1"]),
    (Compare.SENDERS, ("*",), "SMTP:*;5"),
    (Compare.SENDERS, ("*",), ["*"]),
    (Compare.NETWORKS, CIDRS, ["2001:0DB8:A::/48", "198.51.100.7/32", "203.0.113.0-203.0.113.255"]),
    (Compare.NETWORKS, CIDRS, ["203.0.113.9/24", "198.51.100.7", "2001:db8:a::1/48"]),
    (Compare.NETWORKS, CIDRS, ["203.0.113.0/25", "203.0.113.128/25", "203.0.113.5", "198.51.100.7", "2001:db8:a::/48"]),
    (Compare.NETWORKS, ("192.0.2.0/30",), ["192.0.2.0 - 192.0.2.3"]),
    (Compare.WORDS, (Secret(CANARY),), CANARY.upper()),
    (Compare.WORDS, (Secret(CANARY),), [f" {CANARY} "]),
    (Compare.INCLUDES, ("dkim.mailmarshal.cloud",), "a.example, DKIM.mailmarshal.cloud,b.example"),
    (Compare.INCLUDES, ("dkim.mailmarshal.cloud",), ["a.example", "dkim.mailmarshal.cloud."]),
    (Compare.UNSET, None, None),
    (Compare.UNSET, False, []),
    (Compare.UNSET, (), ""),
    (Compare.SENT_ONLY, False, True),
]
DIFFERENT = [
    (Compare.FLAG, True, False),
    (Compare.FLAG, False, True),
    (Compare.ENUM, "OnPremises", "Partner"),
    (Compare.ENUM, "DomainValidation", None),
    (Compare.DOMAIN, "*.eu.mailmarshal.cloud", "*.au.mailmarshal.cloud"),
    (Compare.DOMAIN, "*.eu.mailmarshal.cloud", "eu.mailmarshal.cloud"),
    (Compare.DOMAIN, "*.eu.mailmarshal.cloud", None),
    (Compare.DOMAINS, (HOST,), []),
    (Compare.DOMAINS, (HOST,), [HOST, "evil.example"]),
    (Compare.SENDERS, ("*",), ["smtp:contoso.example;1"]),
    (Compare.SENDERS, ("*",), ["smtp:*;1", "smtp:contoso.example;1"]),
    (Compare.SENDERS, ("*",), []),
    (Compare.NETWORKS, CIDRS, CIDRS[:2]),
    (Compare.NETWORKS, CIDRS, (*CIDRS, "192.0.2.1")),
    (Compare.NETWORKS, CIDRS, None),
    (Compare.NETWORKS, ("0.0.0.0/0",), ["::/0"]),
    (Compare.WORDS, (Secret(CANARY),), [CANARY, "x"]),
    (Compare.WORDS, (Secret(CANARY),), CANARY[:-1]),
    (Compare.WORDS, (Secret(CANARY),), None),
    (Compare.INCLUDES, ("dkim.mailmarshal.cloud",), None),
    (Compare.INCLUDES, ("dkim.mailmarshal.cloud",), "mailmarshal.cloud,x.dkim.mailmarshal.cloud"),
    (Compare.UNSET, None, True),
    (Compare.UNSET, None, "x"),
    (Compare.UNSET, (), ["x"]),
    (Compare.UNSET, None, 0),
]
UNREADABLE = [
    (Compare.FLAG, False, None),
    (Compare.FLAG, False, "False"),
    (Compare.FLAG, True, 1),
    (Compare.ENUM, "Partner", ["Partner", "OnPremises"]),
    (Compare.ENUM, "Partner", 2),
    (Compare.DOMAINS, (HOST,), {HOST: 1}),
    (Compare.DOMAINS, (HOST,), [HOST, 7]),
    (Compare.SENDERS, ("*",), [None]),
    (Compare.NETWORKS, CIDRS, ["everything"]),
    (Compare.NETWORKS, CIDRS, ["192.0.2.9-192.0.2.1"]),
    (Compare.NETWORKS, CIDRS, ["192.0.2.9-2001:db8::1"]),
    (Compare.NETWORKS, CIDRS, 7),
    (Compare.WORDS, ("x",), True),
    (Compare.INCLUDES, ("x",), {"x": 1}),
]


@pytest.mark.parametrize(("compare", "desired", "observed"), SAME)
def test_another_spelling_means_the_same(compare: Compare, desired: object, observed: object) -> None:
    assert satisfies(compare, desired, observed) is True


@pytest.mark.parametrize(("compare", "desired", "observed"), DIFFERENT)
def test_another_meaning_is_a_difference(compare: Compare, desired: object, observed: object) -> None:
    assert satisfies(compare, desired, observed) is False


@pytest.mark.parametrize(("compare", "desired", "observed"), UNREADABLE)
def test_no_known_form_is_neither_equal_nor_different(compare: Compare, desired: object, observed: object) -> None:
    with pytest.raises(Unreadable):
        satisfies(compare, desired, observed)


def test_every_comparison_has_its_examples() -> None:
    assert {compare for compare, *_ in SAME} == set(Compare)
    assert {compare for compare, *_ in DIFFERENT} == set(Compare) - {Compare.SENT_ONLY}


LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
NAMES = st.lists(LABELS, min_size=2, max_size=4).map(".".join)
SETS = st.lists(NAMES, min_size=1, max_size=4, unique=True)
V4 = st.integers(0, 2**24 - 1).map(lambda n: ip_network((n << 8, 24)))
V6 = st.integers(0, 2**48 - 1).map(lambda n: ip_network((n << 80, 48)))
BLOCKS = st.lists(V4 | V6, min_size=1, max_size=4, unique=True)
Rewriting = Callable[[str], str]
CASES: st.SearchStrategy[Rewriting] = st.sampled_from([str.upper, str.lower, str.title, lambda word: f" {word} "])


@given(SETS, CASES, CASES, st.randoms(use_true_random=False))
@modest
def test_case_order_and_repetition_of_names_mean_nothing(
    names: list[str], one: Rewriting, other: Rewriting, random: Random
) -> None:
    seen = [*map(one, names), *map(other, names)]
    random.shuffle(seen)
    assert satisfies(Compare.DOMAINS, tuple(names), [word.strip() + "." for word in seen])
    assert satisfies(Compare.WORDS, tuple(names), seen)
    assert satisfies(Compare.SENDERS, tuple(names), [f"smtp:{word};1" for word in seen])
    assert satisfies(Compare.INCLUDES, tuple(names), ",".join(seen))


@given(SETS, NAMES)
@modest
def test_one_name_more_or_less_is_a_difference(names: list[str], extra: str) -> None:
    for compare in (Compare.DOMAINS, Compare.WORDS, Compare.SENDERS):
        assert not satisfies(compare, tuple(names), names[1:])
        assert satisfies(compare, tuple(names), [*names, extra]) is (extra in names)
    assert not satisfies(Compare.INCLUDES, tuple(names), names[1:])
    assert satisfies(Compare.INCLUDES, tuple(names), [*names, extra])


@given(NAMES, NAMES)
@modest
def test_one_name_equals_another_only_if_it_is_the_same(name: str, other: str) -> None:
    for compare in (Compare.ENUM, Compare.DOMAIN):
        assert satisfies(compare, name, other.upper()) is (name == other)


@given(BLOCKS, st.data())
@modest
def test_the_way_in_which_a_network_is_written_means_nothing(blocks: list[object], data: st.DataObject) -> None:
    seen = [text for block in blocks for text in data.draw(st.sampled_from(list(rewritten(str(block)))))]
    assert satisfies(Compare.NETWORKS, tuple(map(str, blocks)), data.draw(st.permutations(seen)))


def rewritten(text: str) -> list[list[str]]:
    block = ip_network(text)
    halves = [str(half) for half in block.subnets()]
    whole = f"{block.network_address.exploded}-{block.broadcast_address}"
    return [[text.upper()], halves, [*halves, text], [whole], [f"{block.broadcast_address}/{block.prefixlen}"]]


@given(BLOCKS, st.data())
@modest
def test_one_address_more_or_less_is_a_difference(blocks: list[object], data: st.DataObject) -> None:
    first = ip_network(str(blocks[0]))
    one = first[0]
    smaller = [f"{one + 1}-{first[-1]}"] if first.num_addresses > 1 else []
    wanted = tuple(map(str, blocks))
    assert not satisfies(Compare.NETWORKS, wanted, [*smaller, *wanted[1:]])
    other = str(data.draw(V4 | V6))
    assert satisfies(Compare.NETWORKS, wanted, [*wanted, other]) is (ip_network(other) in map(ip_network, wanted))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(list(Compare)), JSON)
@modest
def test_anything_at_all_is_equal_different_or_unreadable(compare: Compare, observed: object) -> None:
    desired = {Compare.FLAG: True, Compare.ENUM: "x", Compare.DOMAIN: "x.y"}.get(compare, ())
    unreadable = None
    try:
        assert satisfies(compare, desired, observed) in (True, False)
    except Unreadable as error:
        unreadable = str(error)
    if unreadable is not None:
        assert compare not in (Compare.UNSET, Compare.SENT_ONLY)
        assert repr(observed) not in unreadable or len(repr(observed)) < 5


@given(st.lists(NAMES, max_size=4), NAMES)
@modest
def test_merging_adds_ours_once_and_leaves_the_others_as_they_were(theirs: list[str], ours: str) -> None:
    spelled = [name.title() for name in theirs]
    for observed in (",".join(spelled), " , ".join(spelled), spelled):
        found = merged((ours,), observed)
        assert found[: len(spelled)] == tuple(spelled)
        assert found[len(spelled) :] == (() if ours in theirs else (ours,))
        assert merged((ours,), list(found)) == found


def test_a_sealer_list_may_be_one_string_a_list_or_nothing() -> None:
    assert as_sealers("a.example, B.example,,") == as_sealers(["a.example", "B.example"]) == ("a.example", "B.example")
    assert as_sealers(None) == as_sealers(" ") == as_sealers("") == as_sealers([]) == ()


def test_words_are_read_from_lists_texts_secrets_and_nothing() -> None:
    assert as_words([Secret("a"), "b"]) == ("a", "b")
    assert as_words(Secret("a")) == as_words("a") == ("a",)
    assert as_words(None) == as_words("") == as_words(()) == ()


def test_networks_are_the_smallest_set() -> None:
    assert networks(["192.0.2.0/25", "192.0.2.128/25"]) == {ip_network("192.0.2.0/24")}


def test_a_secret_is_never_shown_and_compares_by_value() -> None:
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {[secret]}"
    assert secret == Secret(CANARY)
    assert secret != Secret("other")


PLAIN: list[tuple[Compare, list[object], list[object]]] = [
    (Compare.FLAG, [True], [False]),
    (Compare.ENUM, ["Enforce", " ENFORCE ", ["enforce"]], ["Audit", None]),
    (Compare.DOMAIN, ["*.EU.example.", "*.eu.example"], ["*.us.example", ""]),
    (Compare.DOMAINS, [["b.example.", "[A.example]"], ["a.example", "b.example"]], [["a.example"], "b.example", None]),
    (Compare.SENDERS, [["*"], "smtp:*;1", ["SMTP:*;10"]], [["*.example"], []]),
    (
        Compare.NETWORKS,
        [["192.0.2.0/25", "192.0.2.128/25", "2001:DB8::/32"], ["2001:db8:0::/32", "192.0.2.0-192.0.2.255"]],
        [["192.0.2.0/24"], []],
    ),
    (Compare.WORDS, [["b", "A"], ["a", "B "]], [["a"], "b", None]),
    (Compare.INCLUDES, ["b.example, A.example", ["a.example.", "b.example"]], ["a.example", None]),
    (Compare.UNSET, [None, False, "", []], [True]),
    (Compare.SENT_ONLY, [None, True, "anything", {}], []),
]


@pytest.mark.parametrize(("compare", "same", "others"), PLAIN)
def test_what_means_the_same_has_one_plain_form_and_anything_else_another(
    compare: Compare, same: list[object], others: list[object]
) -> None:
    forms = {plain_form(compare, value) for value in same}
    assert len(forms) == 1
    assert len(forms | {plain_form(compare, value) for value in others}) == 1 + len(others)
    assert isinstance(json.loads(forms.pop()), bool | str | list | None)
    if compare is not Compare.INCLUDES:
        assert all(satisfies(compare, one, other) for one in same for other in same)
        assert not any(satisfies(compare, one, other) for one in same for other in others)


def test_every_way_to_compare_has_a_plain_form() -> None:
    assert [compare for compare, _, _ in PLAIN] == list(Compare)


WORDS_OR_NOT = st.none() | st.booleans() | st.text(max_size=6) | st.lists(st.text(max_size=6), max_size=3)


@given(st.sampled_from(sorted(set(Compare) - {Compare.INCLUDES})), WORDS_OR_NOT, WORDS_OR_NOT)
@modest
def test_two_values_have_the_same_plain_form_exactly_when_each_satisfies_the_other(
    compare: Compare, one: object, other: object
) -> None:
    try:
        same = plain_form(compare, one) == plain_form(compare, other)
    except Unreadable:
        return
    assert satisfies(compare, one, other) is satisfies(compare, other, one) is same


@given(
    st.lists(st.sampled_from(["A.example", "b.Example.", "dkim.Vendor.example", "dkim.vendor.example."]), max_size=5)
)
@modest
def test_our_member_leaves_a_shared_list_and_the_others_keep_order_and_spelling(shared: list[str]) -> None:
    theirs = tuple(name for name in shared if not name.casefold().startswith("dkim"))
    for said in (shared, ",".join(shared), " , ".join(shared)):
        assert without(said, "dkim.vendor.example") == theirs
