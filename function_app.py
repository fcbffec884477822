"""Registers the functions' blueprints; nothing else, ever."""

import azure.functions as func

from functions import health, operations, poison, provision, recheck, remediate, signup, verify

app = func.FunctionApp()
for module in (signup, provision, verify, remediate, recheck, operations, health, poison):
    app.register_functions(module.blueprint)
