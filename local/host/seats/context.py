"""What a function may ask about its own call."""

import threading
from dataclasses import dataclass, field

STORAGE = threading.local()


@dataclass(frozen=True)
class TraceContext:
    """Where the call stands in a distributed trace."""

    trace_parent: str
    trace_state: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RetryContext:
    """Which try this is."""

    retry_count: int
    max_retry_count: int
    exception: object = None


@dataclass(frozen=True)
class Context:
    """The worker's invocation context, field by field."""

    function_name: str
    function_directory: str
    invocation_id: str
    trace_context: TraceContext
    retry_context: RetryContext
    thread_local_storage: threading.local = STORAGE
