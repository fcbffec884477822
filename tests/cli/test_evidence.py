"""Evidence: whole, by its published form, inert wherever it is opened, and chained."""

import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from shared.domain.decisions import Deviation, Suspension
from shared.domain.tenants import Verdict
from tests.cli.keeper import FROM, Keeper
from tests.fakes import CANARY, NOW

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "reference" / "evidence.schema.json").read_text("utf-8"))
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", '<script>alert(1)</script>"\x1b[31m')


def run(keeper: Keeper, out: Path, *arguments: str) -> Path:
    """Make a run; gives its folder."""
    keeper.on.clock.advance(seconds=1)
    ran = keeper("evidence", "--out", str(out), *arguments, "-o", "json")
    assert ran.code == 0, ran.err
    return out / str(json.loads(ran.out)["run"])


def document(folder: Path, name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((folder / name).read_text("utf-8"))


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def change(keeper: Keeper, tenant_id: UUID, **changes: object) -> None:
    record = keeper.on.world.tenants.get(tenant_id)
    keeper.on.world.tenants.put(record, replace(record.tenant, **changes))  # type: ignore[arg-type]


def test_a_run_is_as_its_schema_says(keeper: Keeper, tmp_path: Path) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    one, two = keeper.tenant(1), keeper.tenant(2)
    lost = keeper.tenant(3)
    keeper.administrator(one.tenant_id, "Set-InboundConnector", Identity=FROM, RequireTls=False)
    hold = Suspension("ann", "why", NOW, NOW + timedelta(days=1))
    deviations = {f"{FROM}/RequireTls": Deviation("false", "bob", "agreed", NOW + timedelta(days=9))}
    change(keeper, two.tenant_id, hold=hold, pause=hold, deviations=deviations, verdict=Verdict.NEEDS_ROLE)
    keeper.turn(lost.tenant_id, consent=False)
    keeper.count()
    for arguments in (("--all",), ("--all", "--live")):
        folder = run(keeper, tmp_path, *arguments)
        results, manifest = document(folder, "results.json"), document(folder, "manifest.json")
        Draft202012Validator(SCHEMA).validate(results)
        Draft202012Validator({**SCHEMA, **SCHEMA["$defs"]["manifest"]}).validate(manifest)
        assert [each["tenant"]["initial_domain"][:7] for each in results["results"]] == [
            "tenant1",
            "tenant2",
            "tenant3",
        ]
    assert [drift["setting"] for drift in results["results"][0]["look"]["drifts"]] == ["RequireTls"]
    assert results["results"][2]["look_failed"]["code"] == "needs_consent"
    assert manifest["operator"] == {"name": "admin", "roles": ["Keeper.Read", "Keeper.Operate", "Keeper.Admin"]}
    assert manifest["selection"] == "all tenants"


def test_the_schema_refuses_what_it_does_not_name(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    results = document(run(keeper, tmp_path, "--all"), "results.json")
    for spoil in ("schema_version", "run"):
        assert not Draft202012Validator(SCHEMA).is_valid({**results, spoil: "x"})
    results["results"][0]["tenant"]["secret"] = "x"
    assert not Draft202012Validator(SCHEMA).is_valid(results)


def test_the_manifest_has_the_hash_of_each_file_and_of_the_run_before(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    first, second = run(keeper, tmp_path, "--all"), run(keeper, tmp_path, "tenant1.onmicrosoft.com")
    manifest = document(second, "manifest.json")
    listed = {each["name"]: each["sha256"] for each in manifest["files"]}
    assert listed == {
        path.name: sha256(path.read_bytes()).hexdigest() for path in second.iterdir() if path.name != "manifest.json"
    }
    before = sha256((first / "manifest.json").read_bytes()).hexdigest()
    assert manifest["previous"] == {"run": first.name, "sha256": before}
    assert document(first, "manifest.json")["previous"] is None
    third = run(keeper, tmp_path / "elsewhere", "--all", "--previous", str(first / "manifest.json"))
    assert document(third, "manifest.json")["previous"]["run"] == first.name


def test_a_chain_is_checked_back_to_its_beginning(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    runs = [run(keeper, tmp_path, "--all") for _ in range(3)]
    keeper.asked.clear()
    ran = keeper("evidence", "--check", str(runs[2]), "-o", "json")
    assert [row["run"] for row in json.loads(ran.out)["rows"]] == [each.name for each in reversed(runs)]
    assert (ran.code, keeper.asked) == (0, [])


@pytest.mark.parametrize("name", ["report.html", "results.json", "results.csv", "actions.csv", "manifest.json"])
def test_whatever_is_changed_in_an_older_run_is_found(keeper: Keeper, tmp_path: Path, name: str) -> None:
    keeper.tenant(1)
    runs = [run(keeper, tmp_path, "--all") for _ in range(2)]
    path = runs[0] / name
    path.write_bytes(path.read_bytes().replace(b"tenant", b"tenann", 1))
    ran = keeper("evidence", "--check", str(runs[1]))
    assert ran.code == 1
    assert "error broken_evidence: " in ran.err
    assert runs[0].name in ran.err


def test_a_file_or_a_run_that_is_gone_is_found(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    runs = [run(keeper, tmp_path, "--all") for _ in range(2)]
    runs[0].rename(tmp_path / "away")
    assert "the run before is not there" in keeper("evidence", "--check", str(runs[1])).err
    (runs[1] / "actions.csv").unlink()
    assert "it is missing" in keeper("evidence", "--check", str(runs[1])).err
    assert "error not_written" in keeper("evidence", "--check", str(tmp_path / "nothing")).err


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_table_is_a_formula(keeper: Keeper, tmp_path: Path, text: str) -> None:
    tenant = keeper.tenant(1)
    change(keeper, tenant.tenant_id, company_name=text, reason=text, verdict=Verdict.DRIFTED, findings={"odd": text})
    folder = run(keeper, tmp_path, "--all")
    cells = [cell for name in ("results.csv", "actions.csv") for row in rows(folder, name) for cell in row.values()]
    assert cells
    assert [cell for cell in cells if re.match(r"\s*[=+\-@\t\r]", cell)] == []
    assert not any(ord(letter) < 32 for cell in cells for letter in cell)
    assert rows(folder, "results.csv")[0]["company_name"].lstrip("'") != ""


TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "section",
    "h1",
    "h2",
    "p",
    "br",
    "code",
    "strong",
} | {
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
NAMES = {"lang", "charset", "http-equiv", "content", "name", "scope", "class", "colspan"}


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_needs_nothing_from_outside_and_runs_nothing(keeper: Keeper, tmp_path: Path) -> None:
    tenant = keeper.tenant(1)
    hostile = "<img src=x onerror=alert(1)>\u202e\x1b</td></table><script>1</script>"
    change(keeper, tenant.tenant_id, company_name=hostile, reason=hostile, findings={hostile: f"warning: {hostile}"})
    text = (run(keeper, tmp_path, "--all", "--live") / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= NAMES
    assert "url(" not in text
    assert "://" not in text.replace("https://keeper.example", "")
    assert "<img src=x onerror=alert(1)>" in page.text
    assert not {"\u202e", "\x1b"} & set(text)


def test_the_report_shows_the_six_items_and_what_is_to_be_done(keeper: Keeper, tmp_path: Path) -> None:
    tenant = keeper.tenant(1)
    keeper.api.post("/api/fleet/freeze", reason="only look")
    keeper.administrator(tenant.tenant_id, "Set-InboundConnector", Identity=FROM, RequireTls=False)
    keeper.ask(tenant.tenant_id, "verify")
    folder = run(keeper, tmp_path, "--all")
    page = Page()
    page.feed((folder / "report.html").read_text("utf-8"))
    for words in ("altered (RequireTls)", "Trusted ARC sealer", "To be done", f"keeper plan {tenant.tenant_id}"):
        assert words in page.text
    actions = {row["code"]: row for row in rows(folder, "actions.csv")}
    assert actions["drifted"]["weight"] == "blocker"
    assert actions["item"]["what"] == f"{FROM}: wanted on, seen altered (RequireTls)"
    assert actions["rules_skip_the_filter"]["owner"] == ""


def test_a_run_that_breaks_off_leaves_nothing(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    keeper.tenant(2)

    def interrupt(received: object) -> None:
        if "00000002" in str(received):
            raise KeyboardInterrupt

    keeper.hooks.append(interrupt)
    assert keeper("evidence", "--all", "--out", str(tmp_path)).code == 130
    assert list(tmp_path.iterdir()) == []


def test_two_runs_of_one_second_do_not_overwrite_each_other(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    assert keeper("evidence", "--all", "--out", str(tmp_path)).code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    ran = keeper("evidence", "--all", "--out", str(tmp_path))
    assert (ran.code, "error not_written" in ran.err) == (1, True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == before


def test_the_loop_check_guid_and_the_token_are_in_no_file(keeper: Keeper, tmp_path: Path) -> None:
    keeper.tenant(1)
    keeper.environment["KEEPER_TOKEN"] = "t.admin.t"
    folder = run(keeper, tmp_path, "--all", "--live")
    text = "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert CANARY not in text
    assert "t.admin.t" not in text
