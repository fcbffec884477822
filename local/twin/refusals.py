"""How Exchange says no: a status, a .NET type, a text, and one of the ways in which the body hides them.

Source of each: exchange contract §1.8 (table of known failures, grades beside each), §1.9 (the 403 that is not JSON).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from local.twin.german import in_german

SERVER = "TWNPR01A001DC001.TWNPR01A001.PROD.OUTLOOK.COM"
_INVOCATION = "Microsoft.Exchange.AdminApi.CommandInvocation"
_SERVICE = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
_HIDDEN = "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException"


class Encoding(StrEnum):
    """Where an error body says what happened."""

    PIPED = auto()
    """``|<type>|<text>`` in the detail, and both again in the inner exception (seen live)."""
    NUMBERED = auto()
    """``Ex6F9304|<type>|<text>`` in the detail, and an inner exception that says nothing (seen live)."""
    NESTED = auto()
    """JSON as text in the detail (seen live)."""
    INNER = auto()
    """Only in the inner exception, no details at all (seen live)."""


@dataclass
class Refused(Exception):
    """A cmdlet did not run.

    Attributes:
        status: The HTTP status.
        type: The .NET type.
        text: The server's words, in English.
        encoding: How the body carries them.
    """

    status: int
    type: str
    text: str
    encoding: Encoding = Encoding.PIPED

    def document(self, encoding: Encoding | None = None, *, is_german: bool = False) -> dict[str, object]:
        """The error body.

        Args:
            encoding: Where it says what happened, if not where this kind of refusal says it.
            is_german: In which language.
        """
        if encoding is not None or is_german:
            text = in_german(self.text) if is_german else self.text
            return replace(self, text=text, encoding=encoding or self.encoding).document()
        code = {400: "BadRequest", 404: "NotFound"}.get(self.status, "InternalServerError")
        # Binding says the first, a cmdlet that ran into something the second (both seen live).
        is_unbound = self.type.startswith((_INVOCATION, "System.Management.Automation."))
        message = "Invalid Operation" if is_unbound else "Error executing cmdlet"
        error: dict[str, object] = {"code": code, "message": message}
        if self.encoding is not Encoding.INNER:
            origin = "Context" if self.encoding is Encoding.NESTED else "Client"
            error["details"] = [{"code": origin, "target": "", "message": self._detail()}]
        inner: dict[str, object] = {"message": message, "type": _SERVICE, "stacktrace": ""}
        if self.encoding is Encoding.NUMBERED:
            hidden = f"Exception of type '{_HIDDEN}' was thrown."
            inner["internalexception"] = {"message": hidden, "type": _HIDDEN, "stacktrace": ""}
        elif self.encoding is not Encoding.NESTED:
            inner["internalexception"] = {"message": self.text, "type": self.type, "stacktrace": ""}
        error |= {"innererror": inner, "adminapi.warnings@odata.type": "#Collection(String)", "@adminapi.warnings": []}
        return {"error": error}

    def _detail(self) -> str:
        if self.encoding is Encoding.NESTED:
            return json.dumps({"Message": self.text, "TypeName": self.type, "StackTrace": None, "InnerError": None})
        return f"{'Ex6F9304' if self.encoding is Encoding.NUMBERED else ''}|{self.type}|{self.text}"


class AccessDenied(Exception):
    """The caller may not run the cmdlet, or there is none of that name: Exchange does not say which."""


def unknown_parameters(names: Iterable[str]) -> Refused:
    """A parameter that the cmdlet does not have (seen live)."""
    text = "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified."
    return Refused(400, f"{_INVOCATION}.AmbiguousParameterSetException", f"{text} {', '.join(names)}")


def missing_parameters(names: Iterable[str]) -> Refused:
    """A mandatory parameter was not given (type inferred)."""
    text = f"Cannot process command because of one or more missing mandatory parameters: {' '.join(names)}."
    return Refused(400, "System.Management.Automation.ParameterBindingException", text)


def bad_value(parameter: str, value: object, kind: str, valid: Iterable[str] = ()) -> Refused:
    """A value that does not become the parameter's type (seen live for enumerations)."""
    cannot = f"Cannot process argument transformation on parameter '{parameter}'. Cannot convert value"
    why = ""
    if valid := list(valid):
        why = (
            f' Error: "Unable to match the identifier name {value} to a valid enumerator name. '
            f'Specify one of the following enumerator names and try again: {", ".join(valid)}"'
        )
    text = f'{cannot} "{value}" to type "{kind}".{why}'
    return Refused(400, f"{_INVOCATION}.ParameterTransformationException", text, Encoding.INNER)


def not_found(identity: str) -> Refused:
    """No object of that identity (seen live)."""
    text = f"The operation couldn't be performed because object '{identity}' couldn't be found on '{SERVER}'."
    kind = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    return Refused(404, kind, text, Encoding.NUMBERED)


def already_exists(noun: str, name: str) -> Refused:
    """A connector of that name is there (type from Exchange Server, text inferred)."""
    kind = f"Microsoft.Exchange.Management.Tasks.Error{noun}AlreadyExistsException"
    return Refused(400, kind, f"The connector '{name}' already exists.", Encoding.NESTED)


def argument(parameter: str, text: str) -> Refused:
    """A value that the cmdlet itself refuses (form seen live for a rule without actions)."""
    return Refused(400, "System.ArgumentException", f"{text} (Parameter '{parameter}')")


def bad_priority() -> Refused:
    """No such place among the rules (text seen live, type from Exchange Server)."""
    kind = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.InvalidPriorityException"
    return Refused(400, kind, "The specified rule priority is invalid.")


def still_referenced(name: str) -> Refused:
    """A rule routes through the connector (type from Exchange Server, text inferred)."""
    kind = "Microsoft.Exchange.Management.Tasks.ConnectorIncorrectUsageConnectorStillReferencedException"
    return Refused(400, kind, f"The connector '{name}' is still used by one or more transport rules.", Encoding.NESTED)
