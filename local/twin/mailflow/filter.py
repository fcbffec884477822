"""The world outside Exchange: MailMarshal Cloud, a signature gateway, and the certificates that they show.

MailMarshal Cloud as the vendor's article describes it (Q21244): it scans, stamps ``X-MMCloud-ID`` with the customer's
own value, and returns the message to Exchange. How it knows the customer is not published: here by the tenant that
Exchange names as the origin (inferred).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from local.twin.mailflow.assumptions import Assumptions, EnvelopeSender, Stamping
from local.twin.mailflow.message import Message, domain_of
from local.twin.mailflow.organisation import Organisation

STAMP = "X-MMCloud-ID"
REGIONS = ("au", "eu", "us")
SEALER = "dkim.mailmarshal.cloud"


@dataclass(frozen=True)
class Service:
    """A relay that takes messages and gives them back to Exchange.

    Attributes:
        name: For people.
        host: The smart host, in lower case.
        certificate: The name on its certificate.
        scans: It is MailMarshal Cloud.
    """

    name: str
    host: str
    certificate: str
    scans: bool


FILTERS = tuple(
    Service(
        "MailMarshal Cloud",
        f"m365integrated-array-1.{region}.mailmarshal.cloud",
        f"m365integrated-array-1.{region}.mailmarshal.cloud",
        scans=True,
    )
    for region in REGIONS
)
GATEWAY = Service("Signature gateway", "relay.signatures.example", "relay.signatures.example", scans=False)
"""Another vendor's relay, which adds a signature and says so in a header (exchange contract §2.4.7, analogue)."""
SERVICES: Mapping[str, Service] = {service.host: service for service in (*FILTERS, GATEWAY)}


def returned(
    service: Service, message: Message, origin: Organisation, stamps: Mapping[str, str], assumptions: Assumptions
) -> Message:
    """What a relay gives back.

    Args:
        service: The relay.
        message: What it was given.
        origin: The tenant that gave it.
        stamps: The customers' values by tenant.
        assumptions: What nobody has published.
    """
    if not service.scans:
        return message.without("X-Sig-Applied").bearing("X-Sig-Applied", "true")
    scanned = replace(message, scanned_for=message.scanned_for | {origin.tenant_id})
    if assumptions.stamping is Stamping.REPLACES:
        scanned = scanned.without(STAMP)
    stamp = stamps.get(origin.tenant_id)
    if stamp is not None and stamp not in scanned.values(STAMP):
        scanned = scanned.bearing(STAMP, stamp)
    is_for_recipient = not origin.owns(domain_of(message.sender or message.author))
    if is_for_recipient and assumptions.envelope_sender is EnvelopeSender.FILTERS_OWN:
        return replace(scanned, sender=f"return@{service.host}")
    return scanned
