"""Read what operators send, and say what is not of its form.

A body is read after the caller has proved who it is, and from the very bytes: a strict instant is text there.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared.domain.errors import InvalidRequest

Model = TypeVar("Model", bound=BaseModel)

_MOST_FAULTS = 5
_LONGEST_NAME = 64


def sent(model: type[Model]) -> Callable[[Request], Coroutine[Any, Any, Model]]:
    """What reads a body; where every field may be left out, the body may be too.

    The reader raises ``InvalidRequest`` when it is not of its form.
    """

    async def read(request: Request) -> Model:
        try:
            return model.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            raise InvalidRequest(faults_of(error.errors(include_input=False, include_url=False))) from None

    return read


def faults_of(errors: list[Any]) -> str:
    """Say what is not of its form, field by field, without what was sent."""
    said = [f"{'.'.join(map(str, each['loc']))[:_LONGEST_NAME] or 'body'}: {each['msg']}" for each in errors]
    return "not of its form: " + "; ".join(said[:_MOST_FAULTS])


def described(model: type[BaseModel]) -> dict[str, object]:
    """A body as OpenAPI describes it."""
    required = any(field.is_required() for field in model.model_fields.values())
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": content}}
