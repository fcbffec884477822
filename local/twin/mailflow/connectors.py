"""Which connector carries a message out, and whose a message is that comes in over one.

Source: exchange contract §2.1 (inbound), §2.2 (enhanced filtering), §2.3 (outbound); attribution: see ``assumptions``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network, summarize_address_range

from local.twin.mailflow.assumptions import Attribution, NoSender
from local.twin.mailflow.filter import SEALER, SERVICES, Service
from local.twin.mailflow.message import Message, domain_of, is_within
from local.twin.mailflow.organisation import Organisation, Row, covers, text, texts
from local.twin.mailflow.way import World

JUDGED_AS_SENDER = "the filter is judged as the sender"


@dataclass(frozen=True)
class Carried:
    """A connector took a message.

    Attributes:
        service: The relay at its end; ``None`` for a stranger.
        host: Where it went.
        weaknesses: What protects the way less than it should.
    """

    service: Service | None
    host: str
    weaknesses: tuple[str, ...] = ()


def carried(connector: Row | None) -> Carried | str:
    """Send over an outbound connector that a rule names; or say why it cannot."""
    if connector is None:
        return "there is no such connector"
    for says_so, obstacle in _OBSTACLES:
        if says_so(connector):
            return obstacle
    hosts = [name.casefold().rstrip(".") for name in texts(connector, "SmartHosts")]
    # Exchange takes any of them: one stranger is enough.
    host = next((name for name in hosts if name not in SERVICES), hosts[0])
    service = SERVICES.get(host)
    if service is None:
        return Carried(None, host)
    is_checked = text(connector, "TlsSettings").casefold() == "domainvalidation"
    if is_checked and not is_within(service.certificate, text(connector, "TlsDomain") or host):
        return "the certificate at the other end is not the one that the connector asks for"
    weaknesses = [] if is_checked else ["nobody checks who is at the other end of the connector"]
    # Headers that only the tenant's own servers are meant to see (exchange contract §2.3.1).
    if connector["CloudServicesMailEnabled"] is True or connector["ConnectorType"] == "OnPremises":
        weaknesses.append("the filter counts as the tenant's own servers")
    # What another vendor's connector weakens is no matter of ours.
    return Carried(service, host, tuple(weaknesses) if service.scans else ())


_OBSTACLES: tuple[tuple[Callable[[Row], bool], str], ...] = (
    (lambda row: row["Enabled"] is not True, "the connector is off"),
    (lambda row: row["TestMode"] is True, "the connector is in test mode"),
    (lambda row: row["IsTransportRuleScoped"] is not True, "the connector is not for rules"),
    (lambda row: row["UseMXRecord"] is True or not texts(row, "SmartHosts"), "the connector has no smart host"),
)
"""What keeps a connector from carrying a message that a rule gives it."""


@dataclass(frozen=True)
class Arrival:
    """Whose message it is that came in.

    Attributes:
        organisation: The tenant.
        is_outgoing: Exchange takes it for the tenant's own mail: it may go anywhere.
        connector: The inbound connector that it came by; ``None`` for mail like anybody's.
        weaknesses: What protects the recipient less than it should.
    """

    organisation: Organisation
    is_outgoing: bool
    connector: Row | None = None
    weaknesses: tuple[str, ...] = field(default=())

    @property
    def is_inside(self) -> bool:
        """Rules see it as sent from inside."""
        return self.is_outgoing or (self.connector is not None and self.connector["TreatMessagesAsInternal"] is True)


def attributed(world: World, message: Message, service: Service) -> Arrival | None:
    """Decide whose a message from a relay is; ``None`` where Exchange refuses to relay it (550 5.7.64).

    A connector of the type OnPremises makes mail of the tenant's own domains its own; without one the message is mail
    like anybody's, and goes to the recipient's tenant or nowhere.
    """
    everybody, assumptions = world.organisations, world.assumptions
    sender = domain_of(message.sender)
    if not sender and assumptions.no_sender is NoSender.AUTHORS:
        sender = domain_of(message.author)
    by_sender = _by_connector(everybody, sender, sender, service)
    by_recipient = _by_connector(everybody, sender, domain_of(message.recipient), service)
    own, incoming = (by_sender, True), (by_recipient, False)
    order = (own, incoming) if assumptions.attribution is Attribution.SENDER_FIRST else (incoming, own)
    for found, is_outgoing in order:
        if found is not None:
            organisation, connector = found
            weaknesses = _weaknesses(connector)
            if not is_outgoing:
                weaknesses += _exposures(organisation, connector, world.addresses)
            return Arrival(organisation, is_outgoing, connector, weaknesses)
    owner = recipients_tenant(everybody, message)
    return None if owner is None else Arrival(owner, False, None, (JUDGED_AS_SENDER,))


def recipients_tenant(organisations: Iterable[Organisation], message: Message) -> Organisation | None:
    """The tenant that the recipient's domain belongs to."""
    domain = domain_of(message.recipient)
    return next((org for org in organisations if org.owns(domain)), None)


def _by_connector(
    organisations: Iterable[Organisation], sender: str, owned: str, service: Service
) -> tuple[Organisation, Row] | None:
    """The tenant that owns a domain, if an OnPremises connector of its takes this sender from this relay."""
    for organisation in organisations:
        if owned and organisation.owns(owned):
            for row in organisation.inbound:
                if _takes(row, sender, service):
                    return organisation, row
    return None


def _takes(row: Row, sender: str, service: Service) -> bool:
    is_open = row["Enabled"] is True and row["ConnectorType"] == "OnPremises"
    certificate = text(row, "TlsSenderCertificateName")
    is_named = bool(certificate) and is_within(service.certificate, certificate)
    return is_open and is_named and covers(texts(row, "SenderDomains"), sender)


def _weaknesses(row: Row) -> tuple[str, ...]:
    """What an inbound connector does to protection beyond letting mail in."""
    weak = {
        "the connector also takes mail without TLS": row["RequireTls"] is not True,
        "the connector believes internal headers from outside": row["CloudServicesMailEnabled"] is True,
        "mail from outside counts as internal": row["TreatMessagesAsInternal"] is True,
    }
    return tuple(sentence for sentence, is_so in weak.items() if is_so)


def _exposures(organisation: Organisation, row: Row, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """What Defender makes of mail that comes in by way of the filter (exchange contract §2.2, §2.5)."""
    is_off = row["EFSkipLastIP"] is True or row["EFTestMode"] is True or bool(row["EFUsers"])
    skipped = {block for word in texts(row, "EFSkipIPs") for block in _blocks(word)}
    weak = {
        JUDGED_AS_SENDER: is_off or skipped != set(map(ip_network, addresses)),
        "the filter's seal is not trusted": SEALER not in organisation.sealers,
    }
    return tuple(sentence for sentence, is_so in weak.items() if is_so)


def _blocks(word: str) -> Iterable[object]:
    """An address, a block or a range ``a-b`` as blocks."""
    if "-" not in word:
        return (ip_network(word.strip(), strict=False),)
    first, last = (ip_address(part.strip()) for part in word.split("-", 1))
    return summarize_address_range(first, last)
