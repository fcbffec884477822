"""Why a command ends with exit code 1: each has a stable code, a cause, and the command that comes next.

::

    CommandError
    ├─ Refused            the API refused; the code is the API's own
    ├─ NoAnswer           the API cannot be reached
    ├─ StrangeAnswer      the API's answer is not of the form that was agreed on
    ├─ NoCredential       nothing says who asks
    ├─ Usage              the command line says something impossible
    ├─ UnknownName        no tenant has that id or domain
    ├─ AmbiguousName      several tenants have that domain
    ├─ Unconfirmed        nobody said yes
    ├─ TooMuchChange      more of the fleet would change than is allowed at once
    ├─ WaveUnwell         a wave did not become healthy; the rest was not asked for
    ├─ InvalidPlan        a file that is no whole plan, or one of another deployment
    ├─ BrokenEvidence     evidence that is not what its manifest says
    ├─ UnknownCode        nothing is known of a code
    └─ NotWritten         a file cannot be read or written
"""


class CommandError(Exception):
    """A command that did not do what it was asked.

    Attributes:
        code: Its stable name; ``keeper explain`` knows it.
        then: The command that comes next; empty where the explanation of the code says it.
    """

    code = "command_error"

    def __init__(self, cause: str, then: str = "") -> None:
        super().__init__(cause)
        self.then = then


class Refused(CommandError):
    """The API refused."""

    def __init__(self, code: str, cause: str, then: str = "") -> None:
        super().__init__(cause, then)
        self.code = code


class NoAnswer(CommandError):
    """The API cannot be reached."""

    code = "no_answer"


class StrangeAnswer(CommandError):
    """The API's answer is not of the form that was agreed on."""

    code = "strange_answer"


class NoCredential(CommandError):
    """Nothing says who asks, or it may not be sent there."""

    code = "no_credential"


class Usage(CommandError):
    """The command line says something impossible."""

    code = "usage"


class UnknownName(CommandError):
    """No tenant has that id or domain."""

    code = "unknown_name"


class AmbiguousName(CommandError):
    """Several tenants have that domain."""

    code = "ambiguous_name"


class Unconfirmed(CommandError):
    """Nobody said yes."""

    code = "unconfirmed"


class TooMuchChange(CommandError):
    """More of the fleet would change than is allowed at once."""

    code = "too_much_change"


class WaveUnwell(CommandError):
    """A wave did not become healthy; the rest was not asked for."""

    code = "wave_unwell"


class InvalidPlan(CommandError):
    """A file that is no whole plan, or one of another deployment."""

    code = "invalid_plan"


class BrokenEvidence(CommandError):
    """Evidence that is not what its manifest says."""

    code = "broken_evidence"


class UnknownCode(CommandError):
    """Nothing is known of a code."""

    code = "unknown_code"


class NotWritten(CommandError):
    """A file cannot be read or written."""

    code = "not_written"
