"""Does a function's signature fit its bindings? The rules are the worker's."""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import azure.functions as func
from azure.functions.decorators.core import Binding

from local.host.failures import IndexingFailed

OUT = 1


@dataclass(frozen=True)
class Parameter:
    """The binding that fills a parameter (``generic``: the bare text or bytes), and the type it is declared with."""

    binding: str
    declared: type | None


@dataclass(frozen=True)
class Signature:
    """How to call a function."""

    inputs: Mapping[str, Parameter]
    outputs: Mapping[str, Parameter]
    returns: Parameter | None
    wants_context: bool
    is_async: bool


def converter(binding: str) -> typing.Any:  # noqa: ANN401 - azure-functions declares no type for its converters
    """The converter that azure-functions registered for a binding's type."""
    return func.get_binding_registry().get(binding)


def read_signature(name: str, function: Callable[..., object], bindings: list[Binding]) -> Signature:
    """Match parameters and bindings.

    Args:
        name: The function's name, for the message.
        function: What the developer wrote.
        bindings: What the decorators say.

    Returns:
        How to call the function.

    Raises:
        IndexingFailed: They do not match.
    """
    parameters = set(inspect.signature(function).parameters)
    annotations = typing.get_type_hints(function)
    bound = {str(binding.name): binding for binding in bindings if binding.name != "$return"}
    wants_context = "context" in parameters - set(bound)
    unbound = sorted(parameters - set(bound) - {"context"})
    unused = sorted(set(bound) - parameters)
    if unbound or unused:
        raise IndexingFailed(
            f"cannot load the {name} function: parameters without binding {unbound}, without use {unused}"
        )
    directions = {key: binding.direction == OUT for key, binding in bound.items()}
    both = {key: _parameter(name, key, binding, annotations) for key, binding in bound.items()}
    return Signature(
        inputs={key: parameter for key, parameter in both.items() if not directions[key]},
        outputs={key: parameter for key, parameter in both.items() if directions[key]},
        returns=_returned(name, bindings, annotations),
        wants_context=wants_context,
        is_async=inspect.iscoroutinefunction(function),
    )


def _parameter(function: str, name: str, binding: Binding, annotations: Mapping[str, typing.Any]) -> Parameter:
    declared, is_out = annotations.get(name), binding.direction == OUT
    if declared is None:
        return Parameter(str(binding.type), None)
    if (typing.get_origin(declared) is func.Out) is not is_out:
        raise IndexingFailed(f"cannot load the {function} function: {name!r} is func.Out in one place only")
    declared = typing.get_args(declared)[0] if is_out else declared
    if declared in (str, bytes):
        return Parameter("generic", declared)
    check = _checker(str(binding.type), is_out=is_out)
    if not check(declared):
        raise IndexingFailed(f"cannot load the {function} function: {name!r} as {declared} does not fit {binding.type}")
    return Parameter(str(binding.type), declared)


def _returned(function: str, bindings: list[Binding], annotations: Mapping[str, typing.Any]) -> Parameter | None:
    binding = next((str(binding.type) for binding in bindings if binding.name == "$return"), None)
    if binding is None:
        return None
    declared = annotations.get("return")
    if declared is None or "return" not in annotations:
        return Parameter(binding, None)
    if not isinstance(declared, type) or not _checker(binding, is_out=True)(declared):
        raise IndexingFailed(f"cannot load the {function} function: returning {declared} does not fit {binding}")
    return Parameter(binding, declared)


def _checker(binding: str, *, is_out: bool) -> Callable[[object], bool]:
    found: typing.Any = converter(binding)
    if found is None:
        return lambda declared: declared in (str, bytes)
    return typing.cast(
        "Callable[[object], bool]", found.check_output_type_annotation if is_out else found.check_input_type_annotation
    )
