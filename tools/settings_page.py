"""Print docs/reference/settings.md, made from the table of settings.

Run ``python tools/settings_page.py > docs/reference/settings.md``.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_HEAD = """\
# Settings

Made from `shared/adapters/settings_table.py` by `python tools/settings_page.py > docs/reference/settings.md`; do not
edit it by hand. Settings are read on the first call of a function. What is missing or wrong is listed in one message,
one line for each setting and without its value.
"""


def page() -> str:
    """Return the page."""
    sys.path.insert(0, str(ROOT))
    from shared.adapters.settings_table import SETTINGS, Group, Setting  # noqa: PLC0415 - this is a script

    def row(setting: Setting) -> str:
        default = f"`{setting.default}`" if setting.default else setting.follows or setting.need.value
        marks = " **Secret.**" if setting.is_secret else ""
        return f"| `{setting.name}` | {setting.meaning}{marks} | {default} | `{setting.example}` |"

    parts = [_HEAD]
    for group in Group:
        rows = [row(setting) for setting in SETTINGS if setting.group is group]
        parts.append(
            "\n".join([f"## {group.value}\n", "| name | meaning | default | example |", "|---|---|---|---|", *rows, ""])
        )
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
