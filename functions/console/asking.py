"""What an address asks for beside its path: the API's own query, and what belongs to the page alone."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from functions.reading import faults_of
from shared.domain.errors import InvalidRequest

_OF_PAGES = frozenset({"as", "said", "stale"})
"""``as`` asks for JSON, ``said`` names what was just asked for, ``stale`` says a moment by its distance."""

_Query = TypeVar("_Query", bound=BaseModel)


def asked(model: type[_Query], request: Request, **fixed: object) -> _Query:
    """Read a query as the API's route would; a field of a form that was left empty is left out.

    Args:
        model: The API's query.
        request: The request.
        fixed: What the page itself decides.

    Raises:
        InvalidRequest: It is not of its form.
    """
    said = {name: text for name, text in request.query_params.items() if text and name not in _OF_PAGES}
    try:
        return model.model_validate({**said, **fixed})
    except ValidationError as error:
        raise InvalidRequest(faults_of(error.errors(include_input=False, include_url=False))) from None
