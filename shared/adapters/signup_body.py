"""The body of the signup webhook: strict, flat, bounded; every fault in it is named at once, no value is echoed."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from shared.adapters.strict_json import NotStrict, parse_strictly
from shared.domain.errors import InvalidSignup
from shared.domain.one_line import is_one_line
from shared.domain.regions import Region
from shared.domain.signup import Signup
from shared.domain.tenants import parse_tenant_id
from shared.domain.values import Secret


def _one_line(text: str) -> str:
    if not is_one_line(text):
        raise ValueError("one line is expected")
    return text


_Guid = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
_Line = Annotated[str, StringConstraints(max_length=256), AfterValidator(_one_line)]


class _Body(BaseModel):
    """The agreed fields, and no other."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    account_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
    tenant_id: _Guid
    region: Annotated[str, StringConstraints(pattern="^(au|eu|us)$")]
    initial_domain: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,63}\.onmicrosoft\.com$")]
    loop_check_guid: _Guid | None = None
    company_name: _Line = ""
    contact: _Line = ""


def parse_signup(body: bytes) -> Signup:
    """Read a signup; total: any bytes end in a signup or in one error.

    Raises:
        InvalidSignup: The fields that are wrong, without their values.
    """
    try:
        fields = _Body.model_validate(parse_strictly(body))
    except NotStrict as error:
        raise InvalidSignup(f"body: {error}") from None
    except ValidationError as error:
        wrong = {".".join(map(str, fault["loc"]))[:64] or "body": fault["type"] for fault in error.errors()}
        raise InvalidSignup("; ".join(f"{name}: {fault}" for name, fault in sorted(wrong.items()))) from None
    guid = fields.loop_check_guid
    return Signup(
        account_id=fields.account_id,
        tenant_id=parse_tenant_id(fields.tenant_id),
        region=Region(fields.region),
        initial_domain=fields.initial_domain.lower(),
        loop_check=Secret(str(UUID(guid))) if guid else None,
        company_name=fields.company_name,
        contact=fields.contact,
    )
