"""Queue ``offboard``: take everything of ours out of a tenant, and prove that nothing is left."""

import azure.functions as func

from functions.shell import work
from shared.application.leave import handle_offboard
from shared.domain.messages import Queue

blueprint = func.Blueprint()


@blueprint.function_name("offboard")
@blueprint.queue_trigger(arg_name="message", queue_name="offboard", connection="KEEPER_STORAGE")
def offboard(message: func.QueueMessage) -> None:
    """Do the next part of an off-boarding."""
    work(Queue.OFFBOARD, message.get_body(), handle_offboard)
