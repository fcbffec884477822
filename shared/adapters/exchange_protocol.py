"""Write calls to Exchange as the bytes of requests, alone or up to ten together. No I/O.

``adminapi/beta`` is not a published interface, so its paths, headers and body shapes live here and nowhere else.
Source: exchange contract §1.1 to §1.3 (request), §1.11 (batch).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.adapters.exchange_calls import Call
from shared.domain.values import Secret

_MODULE = "3.9.2"
"""The edition of the PowerShell module whose cmdlets are asked for."""
_MOST = 10
"""Calls in one batch."""


@dataclass(frozen=True, slots=True)
class Sender:
    """On whose behalf a request goes out.

    Attributes:
        base_url: Where Exchange is, without a final slash.
        tenant_id: Whose Exchange.
        request_id: Our id of the request; it stays the same on every hop.
        token: The bearer token.
    """

    base_url: str
    tenant_id: UUID
    request_id: UUID
    token: Secret


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, complete but for its host.

    Attributes:
        path: Below the base URL.
        headers: All of them; one carries the token.
        body: JSON; it may carry secrets.
        cmdlets: What it runs, for logs.
        is_read: Whether it changes nothing.
        tenant_id: Whose Exchange it is for.
        method: POST, reads too; GET where no cmdlet is run.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cmdlets: tuple[str, ...]
    is_read: bool
    tenant_id: UUID
    method: str = "POST"


def encode(call: Call, sender: Sender) -> Request:
    """Write one cmdlet call as a request (exchange contract §1.2, §1.3)."""
    headers = {
        **_headers(call, sender),
        "Content-Type": "application/json; charset=utf-8",
        # A refusal may declare gzip and be none (exchange contract §1.9): ask for none, and trust no declaration.
        "Accept-Encoding": "identity",
        "client-request-id": str(sender.request_id),
    }
    body = _json(_input(call))
    return Request(_invocation(call, sender), headers, body, (call.cmdlet,), call.is_read, sender.tenant_id)


def encode_batch(calls: Mapping[str, Call], sender: Sender) -> Request:
    """Write up to ten independent calls as one request (exchange contract §1.11).

    Args:
        calls: The calls by the ids that their answers will carry.
        sender: On whose behalf; each part of a batch repeats the token.
    """
    assert 0 < len(calls) <= _MOST, "Exchange takes one to ten calls at once"
    body = _json({"requests": [_part(part_id, call, sender) for part_id, call in calls.items()]})
    headers = {**encode(Call("", {}), sender).headers}
    # The parts name their cmdlets; the whole has none.
    del headers["X-CmdletName"]
    cmdlets = tuple(call.cmdlet for call in calls.values())
    is_read = all(call.is_read for call in calls.values())
    return Request(_path(sender, "$batch"), headers, body, cmdlets, is_read, sender.tenant_id)


def module_file(sender: Sender) -> Request:
    """Ask which cmdlets there are for whoever asks (exchange contract §1.1)."""
    headers = {**encode(Call("", {}), sender).headers, "CommandName": "*"}
    del headers["X-CmdletName"], headers["Content-Type"]
    path = f"/adminapi/v1.0/{sender.tenant_id}/EXOModuleFile?Version={_MODULE}"
    return Request(path, headers, b"", ("EXOModuleFile",), is_read=True, tenant_id=sender.tenant_id, method="GET")


def _part(part_id: str, call: Call, sender: Sender) -> dict[str, object]:
    return {
        "id": part_id,
        "method": "POST",
        "url": sender.base_url + _invocation(call, sender),
        "headers": _headers(call, sender) | {"Prefer": "odata.maxpagesize=1000;odata.continue-on-error"},
        "body": _input(call),
    }


def _invocation(call: Call, sender: Sender) -> str:
    """The path of one cmdlet; it may name the members that are wanted (exchange contract §1.1)."""
    return _path(sender, "InvokeCommand") + (f"?$select={','.join(call.members)}" if call.members else "")


def _path(sender: Sender, end: str) -> str:
    return f"/adminapi/beta/{sender.tenant_id}/{end}"


def _headers(call: Call, sender: Sender) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {sender.token.reveal}",
        "Accept": "application/json",
        # Reasons are localised; the last resort of the classification reads English (exchange contract §1.8).
        "Accept-Language": "en-US",
        "Prefer": "odata.maxpagesize=1000",
        # The system mailbox that routes application-only calls to the tenant's own servers.
        "X-AnchorMailbox": f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{sender.tenant_id}",
        "X-ClientApplication": "MailflowKeeper",
        "X-CmdletName": call.cmdlet,
        "X-ResponseFormat": "json",
    }


def _input(call: Call) -> dict[str, object]:
    parameters = {name: _wire(value) for name, value in call.parameters.items()}
    return {"CmdletInput": {"CmdletName": call.cmdlet, "Parameters": parameters}}


def _wire(value: object) -> object:
    """The only place where a secret is unwrapped; ``None`` stays, and clears the parameter."""
    if isinstance(value, Secret):
        return value.reveal
    return [_wire(part) for part in value] if isinstance(value, tuple | list) else value


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
