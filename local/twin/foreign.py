"""What was in the tenant before us: forty rules, five connectors and two sealers that nobody may touch."""

import random
from collections.abc import Iterator

Call = tuple[str, dict[str, object]]
RULES = 40
GATEWAY = "Signature Gateway - Outbound"


def foreign(seed: int, domain: str, rules: int = RULES) -> Iterator[Call]:
    """The calls that make a tenant's own objects; the same for the same seed.

    Args:
        seed: Which of the many tenants.
        domain: The tenant's initial domain.
        rules: How many transport rules.
    """
    dice = random.Random(seed)
    name = domain.split(".", 1)[0]
    yield from _connectors(name)
    yield "Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": ["Lists.Example.org", f"arc.{name}.example"]}
    makers = [_disclaimer, _external, _sender, _header, _attachment, _gateway, _reject, _copy]
    for number in range(rules):
        settings = dice.choice(makers)(dice, name)
        states = {"Enabled": dice.random() < 0.8, "StopRuleProcessing": False}  # noqa: PLR2004 - most rules are on
        yield "New-TransportRule", {"Name": f"{number + 1:02d} {settings.pop('Name')}", **states, **settings}


def _connectors(name: str) -> Iterator[Call]:
    partner = {"SenderDomains": [f"partner-of-{name}.example"], "ConnectorType": "Partner", "RequireTls": True}
    yield "New-InboundConnector", {"Name": "Partner with TLS", **partner, "Comment": "contract 2019-14"}
    scanner = {"SenderDomains": ["*"], "ConnectorType": "OnPremises", "SenderIPAddresses": ["203.0.113.31"]}
    yield "New-InboundConnector", {"Name": "Scanner in the office", **scanner, "RequireTls": False, "Enabled": False}
    gateway = {
        "SenderDomains": ["*"],
        "ConnectorType": "OnPremises",
        "TlsSenderCertificateName": "*.signatures.example",
    }
    skips = {"EFSkipIPs": ["198.51.100.0/25", "2001:db8:5::/64"]}
    yield "New-InboundConnector", {"Name": "Signature Gateway - Inbound", **gateway, **skips}
    hosts = {"UseMXRecord": False, "SmartHosts": ["relay.signatures.example"], "TlsSettings": "CertificateValidation"}
    yield (
        "New-OutboundConnector",
        {"Name": GATEWAY, "ConnectorType": "OnPremises", "IsTransportRuleScoped": True, **hosts},
    )
    domains = {"RecipientDomains": [f"partner-of-{name}.example"], "TlsSettings": "EncryptionOnly"}
    yield "New-OutboundConnector", {"Name": "To our partner", "ConnectorType": "Partner", **domains}


def _disclaimer(dice: random.Random, name: str) -> dict[str, object]:
    where = {"ApplyHtmlDisclaimerLocation": "Append", "ApplyHtmlDisclaimerFallbackAction": "Wrap"}
    text = f"<p>{name} Ltd, company no. {dice.randrange(10**6)}</p>"
    return {"Name": "Disclaimer", "SentToScope": "NotInOrganization", "ApplyHtmlDisclaimerText": text, **where}


def _external(dice: random.Random, _: str) -> dict[str, object]:
    prefix = dice.choice(["[EXTERNAL] ", "EXTERNAL: ", "[Ext] "])
    return {"Name": "Mark external mail", "FromScope": "NotInOrganization", "PrependSubject": prefix, "Mode": "Enforce"}


def _sender(dice: random.Random, _: str) -> dict[str, object]:
    domains = dice.sample(["invoices.example", "payroll.example", "ads.example", "news.example"], 2)
    return {"Name": f"Trust {domains[0]}", "SenderDomainIs": domains, "SetSCL": "-1"}


def _header(dice: random.Random, _: str) -> dict[str, object]:
    value = {"SetHeaderName": "X-Handled-By", "SetHeaderValue": f"node-{dice.randrange(9)}"}
    return {"Name": "Stamp a header", **value, "Comments": "do not touch, ticket 4711"}


def _attachment(dice: random.Random, name: str) -> dict[str, object]:
    words = dice.sample(["exe", "js", "vbs", "iso", "scr", "hta"], 3)
    wanted = {"AttachmentExtensionMatchesWords": words, "RejectMessageReasonText": "Not by mail, please."}
    return {"Name": "Refuse attachments", **wanted, "ExceptIfFrom": [f"it@{name}.onmicrosoft.com"]}


def _gateway(_: random.Random, __: str) -> dict[str, object]:
    header = {"ExceptIfHeaderContainsMessageHeader": "X-Sig-Applied", "ExceptIfHeaderContainsWords": ["true"]}
    return {"Name": "Signatures", "RouteMessageOutboundConnector": GATEWAY, "FromScope": "InOrganization", **header}


def _reject(dice: random.Random, _: str) -> dict[str, object]:
    domain = dice.choice(["spam.example", "phish.example", "bulk.example"])
    return {"Name": f"Drop {domain}", "SenderDomainIs": [domain], "DeleteMessage": True, "SetAuditSeverity": "High"}


def _copy(dice: random.Random, name: str) -> dict[str, object]:
    words = dice.sample(["tender", "contract", "invoice", "merger"], 2)
    journal = [f"journal@{name}.onmicrosoft.com"]
    return {"Name": "Copy to the journal", "SubjectContainsWords": words, "BlindCopyTo": journal, "Mode": "Audit"}
