import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.domain import errors
from shared.domain.errors import KeeperError, PermanentError, TransientError


def below(kind: type[KeeperError]) -> Iterator[type[KeeperError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(errors.__name__):
            yield child
            yield from below(child)


ALL: list[type[KeeperError]] = [KeeperError, *below(KeeperError)]
LEAVES: list[type[KeeperError]] = [kind for kind in ALL if not any(below(kind))]


def test_the_tree_in_the_docstring_lists_exactly_the_errors_that_exist() -> None:
    lines = re.findall(r"^ {4}([ │├└─]*)([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    depths = {name: len(indent) // 3 for indent, name in lines}
    assert len(lines) == len(depths)
    parents = {kind.__name__: len(kind.__mro__) - len(KeeperError.__mro__) for kind in ALL}
    assert {name: min(depth, 2) for name, depth in depths.items()} == parents


def test_the_tree_hangs_each_leaf_under_its_own_parent() -> None:
    parent = ""
    for branch, name in re.findall(r"^ {4}(?:│? *)([├└]─) (\w+)", errors.__doc__ or "", re.MULTILINE):
        assert branch
        if name in ("TransientError", "PermanentError"):
            parent = name
        else:
            assert getattr(errors, name).__bases__ == (getattr(errors, parent),), name


def test_every_code_is_stable_text_and_nobody_elses() -> None:
    codes = [kind.code for kind in ALL]
    assert len(set(codes)) == len(codes)
    assert all(
        re.fullmatch(r"[a-z]+(_[a-z]+)*", code) and "code" in vars(kind) for code, kind in zip(codes, ALL, strict=True)
    )


@pytest.mark.parametrize("kind", ALL)
def test_every_error_says_what_it_means(kind: type[KeeperError]) -> None:
    assert "__doc__" in vars(kind)
    assert (kind.__doc__ or "").split("\n")[0].endswith(".")


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_leaf_is_one_of_two_kinds(leaf: type[KeeperError]) -> None:
    assert issubclass(leaf, TransientError) is not issubclass(leaf, PermanentError)
    assert len(leaf.__bases__) == 1


def test_a_transient_error_carries_the_wait_that_was_asked_for() -> None:
    assert errors.Throttled("slower", timedelta(seconds=9)).retry_after == timedelta(seconds=9)
    assert errors.Unavailable("gone").retry_after is None
    assert str(errors.Throttled("slower", timedelta(seconds=9))) == "slower"
