"""Who calls: an operator by a token of Entra, or in a trial by the operator's key; and whether the role is enough."""

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from shared.bootstrap import application
from shared.domain.errors import Forbidden, Unauthentic
from shared.domain.operators import Operator, Role

_TOKEN = HTTPBearer(scheme_name="entra", bearerFormat="JWT", description="A token of Entra.", auto_error=False)
_KEY = APIKeyHeader(
    scheme_name="operator_key", name="x-functions-key", description="In a trial alone.", auto_error=False
)
HOLDER = Operator("operator key", frozenset(Role))


def operator(
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_TOKEN)],
    key: Annotated[str | None, Depends(_KEY)],
) -> Operator:
    """Let operators in.

    Raises:
        Unauthentic: The caller did not prove to be one.
        Forbidden: The caller did, and has none of our roles.
        Unavailable: Entra's keys cannot be fetched.
    """
    app = application()
    own = app.settings.operator_key
    if own is not None and key is not None and hmac.compare_digest(own.reveal.encode(), key.encode()):
        return HOLDER
    if token is None:
        raise Unauthentic("the caller did not prove to be an operator")
    return app.operators.operator(token.credentials)


def needing(role: Role) -> Callable[[Operator], Operator]:
    """Let in only those operators whose role is enough."""

    def enough(caller: Annotated[Operator, Depends(operator)]) -> Operator:
        if not caller.may(role):
            raise Forbidden(f"the caller's role does not allow it: {role} is needed")
        return caller

    return enough


Reader = Annotated[Operator, Depends(needing(Role.READ))]
Worker = Annotated[Operator, Depends(needing(Role.OPERATE))]
Administrator = Annotated[Operator, Depends(needing(Role.ADMIN))]
