"""Queue ``verify``: see whether a tenant is as it should be."""

import azure.functions as func

from functions.shell import work
from shared.application.handlers import handle_verify
from shared.domain.messages import Queue

blueprint = func.Blueprint()


@blueprint.function_name("verify")
@blueprint.queue_trigger(arg_name="message", queue_name="verify", connection="KEEPER_STORAGE")
def verify(message: func.QueueMessage) -> None:
    """Observe and compare; write nothing to the tenant."""
    work(Queue.VERIFY, message.get_body(), handle_verify)
