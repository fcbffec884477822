"""What the vendor tells us of a new customer, checked."""

from dataclasses import dataclass
from uuid import UUID

from shared.domain.regions import Region
from shared.domain.values import Secret


@dataclass(frozen=True, slots=True)
class Signup:
    """A new customer.

    Attributes:
        account_id: The vendor's account that signs it up, and that owns it from then on.
        tenant_id: The customer's directory.
        region: The regional instance that the customer is configured for.
        initial_domain: The directory's ``….onmicrosoft.com``.
        loop_check: The customer's ``X-MMCloud-ID``, where the vendor has one already.
        company_name: For people.
        contact: For people.
    """

    account_id: str
    tenant_id: UUID
    region: Region
    initial_domain: str
    loop_check: Secret | None = None
    company_name: str = ""
    contact: str = ""
