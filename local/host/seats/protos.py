"""Plain classes in the place of the worker's protobuf messages: it takes them from its caller."""

from types import SimpleNamespace


class Message(SimpleNamespace):
    """Any message: what it was made with. A field that was not given does not exist."""


class OneOf(SimpleNamespace):
    """A message of which exactly one field is set, such as TypedData."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name for it
        """The name of the field that is set."""
        return next(iter(vars(self)), None)


class ParameterBinding(SimpleNamespace):
    """A named value; it is never in shared memory here."""

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's name for it
        """Always ``data``."""
        return "data"


class StatusResult(Message):
    """Whether a request succeeded, and the exception if not."""

    Failure, Success, Cancelled = range(3)


class BindingInfo(Message):
    """A binding's type and direction; a direction is numbered as azure-functions does."""

    undefined = None
    inout = 2
    out = 1


class RpcHttpCookie(Message):
    """A cookie of an HTTP answer."""

    SameSite = SimpleNamespace(**{"None": "", "Lax": "Lax", "Strict": "Strict", "ExplicitNone": "None"})


PLAIN = (
    "FunctionLoadResponse FunctionMetadataResponse InvocationResponse "
    "NullableBool NullableDouble NullableString NullableTimestamp Timestamp "
    "RpcException RpcFunctionMetadata RpcHttp RpcRetryOptions WorkerInitResponse WorkerMetadata"
)
PROTOS = SimpleNamespace(
    **dict.fromkeys(PLAIN.split(), Message),
    BindingInfo=BindingInfo,
    ParameterBinding=ParameterBinding,
    RpcHttpCookie=RpcHttpCookie,
    StatusResult=StatusResult,
    TypedData=OneOf,
)
