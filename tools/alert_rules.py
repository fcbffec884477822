"""Write what is made from the alert rules: the file that Bicep reads, with every query in it, and the runbooks' index.

Bicep cannot load a file whose name comes from a variable. Run ``python tools/alert_rules.py`` after a change of
infra/alerts/rules.json or of a query.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ALERTS = ROOT / "infra/alerts"
GENERATED = ALERTS / "rules.generated.json"
INDEX = ROOT / "docs/runbooks/README.md"


def sources() -> dict[str, Any]:
    """Read the rules as they are written by hand."""
    found: dict[str, Any] = json.loads((ALERTS / "rules.json").read_text())
    return found


def generated() -> str:
    """Return the rules with the text of each query in the place of its file's name."""
    document = sources()
    rules = [{**rule, "query": (ALERTS / rule["query"]).read_text()} for rule in document["rules"]]
    return json.dumps({"rules": rules, "platform": document["platform"]}, indent=2, ensure_ascii=False) + "\n"


def index() -> str:
    """Return the page of runbooks with its table made anew."""
    sys.path.insert(0, str(ROOT))
    from tools.marked import renewed  # noqa: PLC0415 - this is a script

    document = sources()
    alerts = [*document["rules"], *({"id": name, **alert} for name, alert in document["platform"].items())]
    rows = [
        (f"[{a['id']}]({a['id']}.md)", a["title"], str(a["severity"]), a["owner"])
        for a in sorted(alerts, key=lambda alert: (alert["severity"], alert["id"]))
    ]
    return renewed(INDEX.read_text(), {"alerts": (("alert", "says", "severity", "owner"), rows)})


if __name__ == "__main__":
    GENERATED.write_text(generated())
    INDEX.write_text(index())
    print(f"wrote {GENERATED.relative_to(ROOT)} and {INDEX.relative_to(ROOT)}")
