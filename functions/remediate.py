"""Queue ``remediate``: bring a tenant back to what is wanted."""

import azure.functions as func

from functions.shell import work
from shared.application.handlers import handle_reconcile
from shared.domain.messages import Queue

blueprint = func.Blueprint()


@blueprint.function_name("remediate")
@blueprint.queue_trigger(arg_name="message", queue_name="remediate", connection="KEEPER_STORAGE")
def remediate(message: func.QueueMessage) -> None:
    """Reconcile a tenant that drifted, or of which something else is wanted now."""
    work(Queue.REMEDIATE, message.get_body(), handle_reconcile)
