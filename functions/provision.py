"""Queue ``provision``: put the configuration into a tenant."""

import azure.functions as func

from functions.shell import work
from shared.application.handlers import handle_reconcile
from shared.domain.messages import Queue

blueprint = func.Blueprint()


@blueprint.function_name("provision")
@blueprint.queue_trigger(arg_name="message", queue_name="provision", connection="KEEPER_STORAGE")
def provision(message: func.QueueMessage) -> None:
    """Reconcile a tenant that signed up."""
    work(Queue.PROVISION, message.get_body(), handle_reconcile)
