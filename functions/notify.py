"""Queue ``notify``: tell one receiver what is wrong, or that it is over."""

import azure.functions as func

from functions.telling import tell

blueprint = func.Blueprint()


@blueprint.function_name("notify")
@blueprint.queue_trigger(arg_name="message", queue_name="notify", connection="KEEPER_STORAGE")
def notify(message: func.QueueMessage) -> None:
    """Deliver one notification; no tenant is asked anything."""
    tell(message.get_body())
