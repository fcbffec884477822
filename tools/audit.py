"""Ask the advisory service about every package that is deployed, and say plainly what came of it.

Run ``make audit``. It ends with exit code 0 where the service knows nothing against any locked package, 1 where it
knows something, and 2 where it could not be asked about all of them: then nothing is known, and that is no success.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.txt"

CLEAN, VULNERABLE, NOT_RUN = 0, 1, 2
_SECONDS = 300
_LONGEST = 300
_PIN = re.compile(r"^([a-zA-Z0-9._-]+)==\S+ \\$", re.MULTILINE)
"""A package that is installed everywhere; one for some platforms or versions of Python has a condition behind it."""


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        code: The exit code.
        said: For people.
    """

    code: int
    said: str


def judged(report: str, complaint: str, pinned: frozenset[str]) -> Outcome:
    """Judge what pip-audit wrote; total. Only a report on the whole lock, with no package passed over, is clean.

    Args:
        report: Its standard output: JSON, or nothing where it gave up.
        complaint: Its standard error.
        pinned: The packages that are installed everywhere, by name.
    """
    try:
        rows = json.loads(report)["dependencies"]
        skipped = sorted(row["name"] for row in rows if "skip_reason" in row)
        asked = {_canonical(row["name"]) for row in rows if "skip_reason" not in row}
        found = [(row["name"], row["version"], vuln["id"]) for row in rows for vuln in row.get("vulns", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _not_run(complaint.strip()[-_LONGEST:] or "it wrote no report")
    if found:
        lines = [f"  {name} {version}: {advisory}" for name, version, advisory in found]
        return Outcome(VULNERABLE, "vulnerable: known advisories\n" + "\n".join(lines))
    missing = sorted({*skipped, *({_canonical(name) for name in pinned} - asked)})
    if missing or not pinned:
        return _not_run(f"nothing was learned about {', '.join(missing) or 'any package'}"[:_LONGEST])
    return Outcome(CLEAN, f"clean: no advisory is known against {len(asked)} packages")


def _not_run(why: str) -> Outcome:
    return Outcome(NOT_RUN, f"NOT RUN: whether anything is vulnerable is not known ({why})")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Run pip-audit from beside this interpreter."""
    program = Path(sys.executable).parent / "pip-audit"
    options = ["--strict", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    try:
        run = subprocess.run(
            [program, *options, "--requirement", LOCK], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        outcome = judged(run.stdout, run.stderr, frozenset(_PIN.findall(LOCK.read_text())))
    except (OSError, subprocess.TimeoutExpired) as error:
        outcome = _not_run(type(error).__name__)
    print(outcome.said)
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
