"""The poison queues: keep what nobody can work on, with its reason, for a person."""

import azure.functions as func

from functions.keeping import keep
from shared.domain.letters import Outbox
from shared.domain.messages import Queue

blueprint = func.Blueprint()


@blueprint.function_name("poison_provision")
@blueprint.queue_trigger(arg_name="message", queue_name="provision-poison", connection="KEEPER_STORAGE")
def poison_provision(message: func.QueueMessage) -> None:
    """Keep a provision message that could not be worked on."""
    keep(Queue.PROVISION, message.id, message.get_body())


@blueprint.function_name("poison_verify")
@blueprint.queue_trigger(arg_name="message", queue_name="verify-poison", connection="KEEPER_STORAGE")
def poison_verify(message: func.QueueMessage) -> None:
    """Keep a verify message that could not be worked on."""
    keep(Queue.VERIFY, message.id, message.get_body())


@blueprint.function_name("poison_remediate")
@blueprint.queue_trigger(arg_name="message", queue_name="remediate-poison", connection="KEEPER_STORAGE")
def poison_remediate(message: func.QueueMessage) -> None:
    """Keep a remediate message that could not be worked on."""
    keep(Queue.REMEDIATE, message.id, message.get_body())


@blueprint.function_name("poison_offboard")
@blueprint.queue_trigger(arg_name="message", queue_name="offboard-poison", connection="KEEPER_STORAGE")
def poison_offboard(message: func.QueueMessage) -> None:
    """Keep an offboard message that could not be worked on."""
    keep(Queue.OFFBOARD, message.id, message.get_body())


@blueprint.function_name("poison_notify")
@blueprint.queue_trigger(arg_name="message", queue_name="notify-poison", connection="KEEPER_STORAGE")
def poison_notify(message: func.QueueMessage) -> None:
    """Keep a notification that could not be delivered."""
    keep(Outbox.NOTIFY, message.id, message.get_body())
