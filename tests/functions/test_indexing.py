"""The platform finds every function, even where not one setting is set: one failing import would lose them all."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, sys, function_app
found = {f.get_function_name(): {**f.get_trigger().get_dict_repr(), "async": f.is_http_function()}
         for f in function_app.app.get_functions()}
print(json.dumps({"functions": found, "modules": sorted(sys.modules)}, default=str))
"""


def indexed() -> dict[str, dict[str, object]]:
    """Index the app in a fresh interpreter with an empty environment."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(run.stdout)
    assert isinstance(document, dict)
    return document


INDEXED = indexed()


def test_every_function_is_found_with_an_empty_environment() -> None:
    triggers = {
        name: trigger.get("queueName") or trigger.get("schedule") or trigger.get("route")
        for name, trigger in INDEXED["functions"].items()
        if isinstance(trigger, dict)
    }
    assert triggers == {
        "signup": "signup",
        "consent": "consent/{tenantId}",
        "provision": "provision",
        "verify": "verify",
        "remediate": "remediate",
        "offboard": "offboard",
        "recheck": "%KEEPER_RECHECK_SCHEDULE%",
        "operations": "{*path}",
        "health": "health",
        "poison_provision": "provision-poison",
        "poison_verify": "verify-poison",
        "poison_remediate": "remediate-poison",
        "poison_offboard": "offboard-poison",
        "notify": "notify",
        "poison_notify": "notify-poison",
    }


def test_every_queue_function_listens_on_the_work_storage() -> None:
    queues = [t for t in INDEXED["functions"].values() if isinstance(t, dict) and "queueName" in t]
    assert {trigger["connection"] for trigger in queues} == {"KEEPER_STORAGE"}


def test_queue_functions_do_not_pay_for_the_web_framework() -> None:
    assert not {"fastapi", "starlette", "azure.identity"} & set(INDEXED["modules"])


def test_the_timer_never_runs_at_start_up() -> None:
    recheck = INDEXED["functions"]["recheck"]
    assert isinstance(recheck, dict)
    assert not recheck.get("runOnStartup")


def test_our_packages_are_ours() -> None:
    """A dependency that shipped a top-level ``shared`` or ``functions`` would shadow ours in Azure."""
    for name in ("shared", "functions"):
        shipped = [path for path in map(Path, sys.path) if "site-packages" in path.parts and (path / name).exists()]
        assert shipped == []
