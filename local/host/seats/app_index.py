"""Finds the function app in function_app.py and reads its functions."""

import importlib
import inspect
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import azure.functions as func

from local.host.configuration import seconds_of
from local.host.failures import IndexingFailed
from local.host.invocation import IndexedFunction, RetryPolicy
from local.host.seats.signatures import Signature, read_signature

LONGEST = 2147483647.0


@dataclass(frozen=True)
class Loaded:
    """A function that can be called."""

    index: IndexedFunction
    signature: Signature
    call: Callable[..., Any]
    directory: str


def load_app(app: Path) -> list[Loaded]:
    """Import the app's script and read its functions.

    Raises:
        IndexingFailed: There is not exactly one app in it, or a signature does not fit its bindings.
    """
    script = os.environ.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
    if not (app / script).exists():
        return []
    module = importlib.import_module(Path(script).stem)
    registers = [value for value in vars(module).values() if isinstance(value, func.FunctionRegister)]
    if len(registers) != 1:
        raise IndexingFailed(f"{script} has {len(registers)} function apps at its top level instead of one")
    return [_loaded(function) for function in registers[0].get_functions()]


def _loaded(function: Any) -> Loaded:  # noqa: ANN401 - azure-functions does not export the type
    name, call = str(function.get_function_name()), function.get_user_function()
    signature = read_signature(name, call, function.get_bindings())
    bindings = tuple(json.loads(binding) for binding in function.get_raw_bindings())
    policy = function.get_settings_dict("retry_policy")
    index = IndexedFunction(name, bindings, _retry(policy) if policy else None)
    return Loaded(index, signature, call, str(Path(inspect.getfile(call)).parent))


def _retry(policy: dict[str, str]) -> RetryPolicy:
    limit = int(policy["max_retry_count"])
    if policy["strategy"] == "fixed_delay":
        delay = seconds_of(policy["delay_interval"])
        return RetryPolicy(limit, delay, delay)
    shortest, longest = policy.get("minimum_interval"), policy.get("maximum_interval")
    return RetryPolicy(limit, seconds_of(shortest) if shortest else 0.0, seconds_of(longest) if longest else LONGEST)
