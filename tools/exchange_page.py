"""Renew the tables of docs/reference/exchange.md from the code that they describe.

Run ``python tools/exchange_page.py``. The prose between the tables is written by hand; a table stands between
``<!-- name -->`` and ``<!-- /name -->``.
"""
# ruff: noqa: E402 - this is a script: the project must be on the path before it is imported

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from shared.adapters.clouds import CLOUDS
from shared.adapters.entra_answers import _BY_CODE, _BY_NAME, _POLICY, _REFUSED
from shared.adapters.exchange_calls import READS, Call, write_call
from shared.adapters.exchange_findings import BY_STATUS, BY_TEXT, BY_TYPE, STATUS_OF_CODE, Finding
from shared.adapters.exchange_protocol import Sender, encode, encode_batch
from shared.adapters.exchange_reasons import Reason
from shared.adapters.exchange_refusals import Refusal, verdict, worded
from shared.adapters.redirects import next_hop
from shared.adapters.transport import Limits
from shared.domain import errors
from shared.domain.desired import Spec, desired_state
from shared.domain.diff import diff
from shared.domain.observation import Complete, Observation
from shared.domain.plan import plan
from shared.domain.regions import Region
from shared.domain.resources import Item, Kind, Resource, Setting
from shared.domain.steps import Step, Verb
from shared.domain.tenants import FailPolicy, Stage, Tenant
from shared.domain.values import Compare, Row, Secret
from tools.marked import renewed

PAGE = ROOT / "docs" / "reference" / "exchange.md"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TENANT = UUID("00000000-0000-4000-8000-00000000aaaa")
_OBJECT = UUID("00000000-0000-4000-8000-00000000bbbb")
_GET, _SET = Call("Get-X", {}), Call("Set-X", {})

_HEADERS = {
    "Authorization": "the token of the tenant; only this header carries it, and each part of a batch repeats it",
    "Accept": "JSON, not PowerShell's own XML",
    "Accept-Language": "refusals are localised, and the last resort of their classification reads English",
    "Prefer": "pages of a thousand; in a batch, one part's failure does not end the others",
    "X-AnchorMailbox": "a system mailbox that leads the calls of applications to the tenant's own servers",
    "X-ClientApplication": "our own name, not that of Microsoft's module",
    "X-CmdletName": "what is run, as Microsoft's own module says it; the whole of a batch has none",
    "X-ResponseFormat": "JSON once more, for servers that look here",
    "Content-Type": "the body is JSON",
    "Accept-Encoding": "a refusal may declare gzip and be none, so none is asked for and no declaration is believed",
    "client-request-id": "our id of the request, the same on every hop and in our log",
}
_LIMITS = {
    "connect": "seconds to reach a server",
    "read": "seconds for everything that a look at a tenant takes",
    "write": "seconds for one write",
    "size": "bytes of an answer, before and after unpacking",
    "hops": "redirects that are followed",
}
_LOCATIONS = (
    "https://eurprd01.outlook.office365.com/adminapi/beta/t/InvokeCommand",
    "https://eurprd01.outlook.office365.com:446/adminapi/beta/t/InvokeCommand",
    "/adminapi/beta/t/InvokeCommand?x=1",
    "http://outlook.office365.com/adminapi/beta/t/InvokeCommand",
    "https://outlook.office365.com:8443/adminapi/beta/t/InvokeCommand",
    "https://outlook.office365.com.example.com/adminapi/beta/t/InvokeCommand",
    "https://name@outlook.office365.com/adminapi/beta/t/InvokeCommand",
)
_LATER = "nobody: it is tried again"
_WHO: Mapping[type[errors.KeeperError], str] = {
    errors.Throttled: _LATER,
    errors.Unavailable: _LATER,
    errors.Ambiguous: "nobody: it is read again",
    errors.Conflict: "nobody: it is read again",
    errors.RolePropagating: "nobody at first, then the tenant's administrator",
    errors.NeedsConsent: "the tenant's administrator",
    errors.NeedsRole: "the tenant's administrator",
    errors.Blocked: "the tenant's administrator",
    errors.TenantGone: "the operator",
    errors.NeedsHuman: "the operator, with the tenant's administrator",
    errors.VendorCredential: "the operator",
    errors.Rejected: "the product's developers",
}

Cells = Iterable[tuple[str, ...]]


def page(text: str) -> str:
    """Return the page with every table renewed."""
    return renewed(text, {name: (head, rows()) for name, (head, rows) in TABLES.items()})


def _code(*texts: str) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _endpoints() -> Cells:
    one, many = encode(_GET, _sender()), encode_batch({"1": _GET}, _sender())
    yield "run one cmdlet", _code(f"{one.method} {{exchange}}{_blank(one.path)}")
    yield "run up to ten that do not depend on each other", _code(f"{many.method} {{exchange}}{_blank(many.path)}")


def _sender() -> Sender:
    return Sender("{exchange}", _TENANT, _OBJECT, Secret("{token}"))


def _blank(text: str) -> str:
    return text.replace(str(_TENANT), "{tenant}").replace(str(_OBJECT), "{a new id}").replace(_GET.cmdlet, "{cmdlet}")


def _headers() -> Cells:
    batch = encode_batch({"1": _GET}, _sender())
    sets = {
        "call": encode(_GET, _sender()).headers,
        "batch": batch.headers,
        "part": json.loads(batch.body)["requests"][0]["headers"],
    }
    for name in dict.fromkeys(name for headers in sets.values() for name in headers):
        values = dict.fromkeys(_blank(headers[name]) for headers in sets.values() if name in headers)
        where = ", ".join(where for where, headers in sets.items() if name in headers)
        yield _code(name), _code(*values), where, _HEADERS[name]


def _reads() -> Cells:
    for kind, call in READS:
        yield _code(kind), _code(call.cmdlet), _parameters(call) or "none"


def _writes() -> Cells:
    """Every write that a plan can hold, found by planning for tenants in which nothing, or everything, is wrong."""
    found: dict[tuple[str, str, str], Call] = {}
    for step in _steps():
        call, key = write_call(step), (step.kind, step.name, step.verb)
        if key not in found or len(call.parameters) > len(found[key].parameters):
            found[key] = call
    for (_, name, verb), call in sorted(found.items(), key=lambda entry: _place(entry[0])):
        yield _code(call.cmdlet), name, verb, _parameters(call)


def _place(key: tuple[str, str, str]) -> tuple[int, int]:
    names = [resource.name for resource in _desired(Stage.STAGED)]
    return names.index(key[1]), list(Verb).index(Verb(key[2]))


def _steps() -> Iterable[Step]:
    for stage in (Stage.STAGED, Stage.ACTIVE):
        desired = _desired(stage)
        worlds = [_world(desired, state) for state in ("Enabled", "Disabled")]
        for fellow in (Item.LOOP_CHECK, Item.REDIRECT, None):
            rules = [_wrong(resource, 0, "Disabled") for resource in desired if resource.item is fellow]
            foreign: Row = {"Name": "", "Priority": 1}
            worlds.append({kind: Complete(()) for kind in Kind} | {Kind.TRANSPORT_RULE: Complete((*rules, foreign))})
        owned = {resource.name: _OBJECT for resource in desired}
        for world in worlds:
            yield from plan(desired, world, diff(desired, world, owned, active=stage is Stage.ACTIVE), FailPolicy.OPEN)


def _desired(stage: Stage) -> tuple[Resource, ...]:
    spec = Spec("", dict.fromkeys(Region, ("203.0.113.0/24",)))
    tenant = Tenant(_TENANT, "", Region.EU, "", Secret("{secret}"), stage, 1, _NOW, _NOW)
    return desired_state(tenant, spec)


def _world(desired: tuple[Resource, ...], state: str) -> Observation:
    """A tenant in which every setting says something else, and Loop Check stands at the bottom."""
    rows = {kind: [r for r in reversed(desired) if r.kind is kind] for kind in Kind}
    return {
        kind: Complete(tuple(_wrong(r, place, state) for place, r in enumerate(found))) for kind, found in rows.items()
    }


def _wrong(resource: Resource, place: int, state: str) -> Row:
    whole = {"Name": resource.name, "Guid": str(_OBJECT), "Enabled": False, "State": state, "Priority": place}
    return {**whole, **{setting.name: _other(setting) for setting in resource.settings}}


def _other(setting: Setting) -> object:
    if setting.compare in (Compare.FLAG, Compare.UNSET):
        return not setting.value
    return "192.0.2.1" if setting.compare is Compare.NETWORKS else "other"


def _parameters(call: Call) -> str:
    return ", ".join(f"`{name}`: {_shown(name, value)}" for name, value in call.parameters.items())


def _shown(name: str, value: object) -> str:
    """A value as it is sent; a placeholder where it is the tenant's own, the region's or a secret."""
    if name == "Identity":
        return _code("Default") if value == "Default" else "its Guid"
    own = {"EFSkipIPs": "the region's list", "ArcTrustedSealers": "what is there, and `dkim.mailmarshal.cloud`"}
    own |= {"Priority": "its place, where its fellow is there", "HeaderContainsWords": "the customer's GUID, a secret"}
    return own.get(name) or _code(json.dumps(value).replace(".eu.", ".{region}."))


def _limits() -> Cells:
    for field in fields(Limits):
        yield _code(field.name), f"{getattr(Limits(), field.name):,.0f}", _LIMITS[field.name]


def _redirects() -> Cells:
    base = "https://outlook.office365.com"
    for location in _LOCATIONS:
        hop = next_hop(base, f"{base}/adminapi", location)
        yield _code(location), _code(hop) if hop else "not followed"


def _statuses() -> Cells:
    diagnosed, waiting = {"x-ms-diagnostics": ""}, {"retry-after": "1"}
    cases: list[tuple[str, int, dict[str, str]]] = [("202, 206, 3xx that led nowhere", 202, {})]
    cases += [(str(status), status, {}) for status in sorted(BY_STATUS)]
    cases += [("403 with `x-ms-diagnostics` or `x-exceptiontype`", 403, diagnosed), ("403 without them", 403, {})]
    cases += [("503 with `Retry-After`", 503, waiting), ("any other 5xx", 500, {}), ("any other 4xx", 400, {})]
    for label, status, headers in sorted(cases, key=lambda case: case[0]):
        refusal = Refusal(status, headers, Reason())
        yield label, *_meaning(verdict(refusal, _GET, _NOW), verdict(refusal, _SET, _NOW))


def _by(keys: Iterable[tuple[str, Finding]]) -> Cells:
    for key, finding in keys:
        yield _code(key), *_meaning(worded(finding, _GET), worded(finding, _SET))


def _meaning(on_read: errors.KeeperError, on_write: errors.KeeperError) -> tuple[str, str, str]:
    """The error, the other one where reads or writes differ, and what the first says."""
    first, other = (on_write, on_read) if isinstance(on_write, errors.Conflict) else (on_read, on_write)
    name, cell = type(first).__name__, _code(type(first).__name__)
    if name != type(other).__name__:
        cell += f"; a {'write' if other is on_write else 'read'}: {_code(type(other).__name__)}"
    return cell, str(first).partition(": ")[2], _WHO[type(first)]


def _comparisons() -> Cells:
    body = ast.parse(inspect.getsource(Compare)).body[0]
    assert isinstance(body, ast.ClassDef)
    words = [
        node.value.value for node in body.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    settings = [(r.kind, s) for r in _desired(Stage.STAGED) for s in r.settings]
    for compare, meaning in zip(Compare, words[1:], strict=True):
        users = [
            f"{kind}: {_code(*names)}"
            for kind in Kind
            if (names := dict.fromkeys(s.name for k, s in settings if k is kind and s.compare is compare))
        ]
        yield _code(compare), str(meaning).rstrip(".").replace("``", "`"), "; ".join(users)


def _entra() -> Cells:
    signs: dict[Finding, list[str]] = {}
    for sign, finding in [*_BY_CODE.items(), ("530xx", _POLICY), *_BY_NAME.items()]:
        signs.setdefault(finding, []).append(str(sign))
    for (error, sentence), named in signs.items():
        yield _code(*named), _code(error.__name__), sentence, _WHO[error]
    yield "anything else", _code(_REFUSED[0].__name__), _REFUSED[1], _WHO[_REFUSED[0]]


def _clouds() -> Cells:
    for cloud in CLOUDS:
        yield cloud.name, _code(*cloud.logins), _code(*cloud.exchanges), _code(cloud.graph), _code(cloud.federation)


_MEANING = ("error", "what it says", "who acts")
TABLES: Mapping[str, tuple[tuple[str, ...], Callable[[], Cells]]] = {
    "endpoints": (("what for", "request"), _endpoints),
    "headers": (("header", "value", "on", "why"), _headers),
    "reads": (("what is listed", "cmdlet", "parameters"), _reads),
    "writes": (("cmdlet", "object", "to", "parameters"), _writes),
    "limits": (("limit", "value", "what it bounds"), _limits),
    "redirects": (("`Location`", "where the request goes next"), _redirects),
    "types": ((".NET type", *_MEANING), lambda: _by(BY_TYPE.items())),
    "statuses": (("status", *_MEANING), _statuses),
    "texts": (("part of the text", *_MEANING), lambda: _by(BY_TEXT)),
    "codes": (("code", "status"), lambda: ((_code(code), str(status)) for code, status in STATUS_OF_CODE.items())),
    "comparisons": (("comparison", "what it takes for the same", "settings"), _comparisons),
    "entra": (("AADSTS code or OAuth error", *_MEANING), _entra),
    "clouds": (("cloud", "login", "Exchange", "Graph", "audience of an assertion"), _clouds),
}

if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
