"""Registers the functions' blueprints; nothing else, ever."""

import azure.functions as func

from functions import (
    consent,
    health,
    notify,
    offboard,
    operations,
    poison,
    provision,
    recheck,
    remediate,
    signup,
    verify,
)

app = func.FunctionApp()
for module in (signup, consent, provision, verify, remediate, offboard, recheck, notify, operations, health, poison):
    app.register_functions(module.blueprint)
