"""Who looks at the console: whoever signed in with this browser; and whether a form that it sent is a page of ours.

The cookie opens the console and nothing else: the API's own routes take a token of Entra or a trial's key alone.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from functions.console import cookies
from functions.console.forms import Form, sent_form
from functions.console.origins import is_from_here, own_origins
from shared.bootstrap import application
from shared.domain.errors import Forbidden, Unauthentic
from shared.domain.operators import Operator, Role
from shared.domain.signed_in import form_token, is_form_token, opened

KEY = "console-signed-in"
"""The name of the deployment's key that cookies and forms are signed with."""

TOKEN_FIELD = "form_token"  # noqa: S105 - a field's name # nosec B105


ENDED = "signed-out"
"""The scope in which the journal remembers whom a sign-out has ended."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signed in.

    Attributes:
        operator: Who it is.
        form_token: What a form of a page for this person carries.
        mark: What tells this sign-in from every other one.
    """

    operator: Operator
    form_token: str
    mark: str

    def may(self, role: str) -> bool:
        """Whether the person's roles are enough for one."""
        return self.operator.may(Role(role))


@dataclass(frozen=True, slots=True)
class Posted:
    """A form that a person sent from a page of ours.

    Attributes:
        visitor: Who sent it.
        form: What it says.
    """

    visitor: Visitor
    form: Form


def visitor(request: Request) -> Visitor:
    """Tell who signed in with this browser.

    Raises:
        Unauthentic: Nobody did, or not any more.
    """
    world = application().world
    key = world.keys.get(KEY)
    signed_in = opened(cookies.read(cookies.SIGNED_IN, request), key, world.clock())
    mark = signed_in.mark.hex
    if world.journal.knows(ENDED, mark):
        raise Unauthentic("whoever was signed in here has signed out: sign in")
    return Visitor(signed_in.operator, form_token(signed_in, key), mark)


Reader = Annotated[Visitor, Depends(visitor)]
"""Whoever signed in: every role includes reading."""


def check_origin(request: Request) -> None:
    """Refuse what another site makes a browser send.

    Raises:
        Forbidden: It does not come from a page of ours.
    """
    if not is_from_here(request.headers, own_origins(application().settings.public_url, request)):
        raise Forbidden("the form does not come from a page of this console")


def _posted(request: Request, who: Reader, form: Annotated[Form, Depends(sent_form)]) -> Posted:
    """Take a form from a page of ours, sent by whoever was shown that page.

    Raises:
        Forbidden: It was sent by another site, or from a page for somebody else.
    """
    check_origin(request)
    if not is_form_token(form.get(TOKEN_FIELD, ""), who.form_token):
        raise Forbidden("the form is not one that you were shown, or you signed in anew since: open its page again")
    return Posted(who, form)


def check_role(who: Visitor, role: Role) -> None:
    """Refuse a person whose role is not enough.

    Raises:
        Forbidden: It is not.
    """
    if not who.operator.may(role):
        raise Forbidden(f"your role does not allow it: {role} is needed")


Sender = Annotated[Posted, Depends(_posted)]
