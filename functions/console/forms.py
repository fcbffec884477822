"""What a page's form sends: few short fields, each once."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from shared.domain.errors import InvalidRequest, TooLarge, UnsupportedMedia

_LARGEST = 16 * 1024
_MOST_FIELDS = 20
_TYPE = "application/x-www-form-urlencoded"

Form = Mapping[str, str]


async def sent_form(request: Request) -> Form:
    """Read a form; fields that are left empty are left out.

    Raises:
        UnsupportedMedia: It is no form.
        TooLarge: It is larger than any of ours.
        InvalidRequest: It is not of the form of one.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise UnsupportedMedia("a form is expected")
    body = await request.body()
    if len(body) > _LARGEST:
        raise TooLarge(f"larger than {_LARGEST} bytes")
    try:
        pairs = parse_qsl(body.decode("ascii"), max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise InvalidRequest("the form cannot be read") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequest("a field is there twice")
    return form
