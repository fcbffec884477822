"""Timer: ask for every tenant whose turn has come. It only enqueues."""

import azure.functions as func

from functions.shell import sweep

blueprint = func.Blueprint()


@blueprint.function_name("recheck")
@blueprint.timer_trigger(arg_name="timer", schedule="%KEEPER_RECHECK_SCHEDULE%", use_monitor=True)
def recheck(timer: func.TimerRequest) -> None:
    """Send one message for each tenant that is due."""
    sweep(past_due=bool(timer.past_due))
