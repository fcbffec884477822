"""Which properties of a transport rule narrow it or act on mail: the words of the closed world.

Each stands in Exchange's rule object under its parameter's name and is null, false or empty when unused
(exchange contract §2.4.2). Source of the names: the New-TransportRule page,
https://learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule
"""

CONDITIONS = frozenset(
    """
    ADComparisonAttribute ADComparisonOperator AnyOfCcHeader AnyOfCcHeaderMemberOf
    AnyOfRecipientAddressContainsWords AnyOfRecipientAddressMatchesPatterns AnyOfToCcHeader
    AnyOfToCcHeaderMemberOf AnyOfToHeader AnyOfToHeaderMemberOf AttachmentContainsWords
    AttachmentExtensionMatchesWords AttachmentHasExecutableContent AttachmentIsPasswordProtected
    AttachmentIsUnsupported AttachmentMatchesPatterns AttachmentNameMatchesPatterns
    AttachmentProcessingLimitExceeded AttachmentPropertyContainsWords AttachmentSizeOver
    BetweenMemberOf1 BetweenMemberOf2 ContentCharacterSetContainsWords From FromAddressContainsWords
    FromAddressMatchesPatterns FromMemberOf FromScope HasClassification HasNoClassification
    HasSenderOverride HeaderContainsMessageHeader HeaderContainsWords HeaderMatchesMessageHeader
    HeaderMatchesPatterns ManagerAddresses ManagerForEvaluatedUser
    MessageContainsDataClassifications MessageSizeOver MessageTypeMatches
    RecipientADAttributeContainsWords RecipientADAttributeMatchesPatterns
    RecipientAddressContainsWords RecipientAddressMatchesPatterns RecipientDomainIs
    RecipientInSenderList SCLOver SenderADAttributeContainsWords SenderADAttributeMatchesPatterns
    SenderDomainIs SenderInRecipientList SenderIpRanges SenderManagementRelationship SentTo
    SentToMemberOf SentToScope SubjectContainsWords SubjectMatchesPatterns
    SubjectOrBodyContainsWords SubjectOrBodyMatchesPatterns WithImportance
    """.split()
)

EXCEPTIONS = frozenset(f"ExceptIf{condition}" for condition in CONDITIONS)
"""Every condition has its exception."""

ACTIONS = frozenset(
    """
    AddManagerAsRecipientType AddToRecipients ApplyClassification ApplyHtmlDisclaimerFallbackAction
    ApplyHtmlDisclaimerLocation ApplyHtmlDisclaimerText ApplyOME
    ApplyRightsProtectionCustomizationTemplate ApplyRightsProtectionTemplate BlindCopyTo CopyTo
    DeleteMessage Disconnect GenerateIncidentReport GenerateNotification IncidentReportContent
    IncidentReportOriginalMail LogEventText ModerateMessageByManager ModerateMessageByUser
    NotifySender PrependSubject Quarantine RedirectMessageTo RejectMessageEnhancedStatusCode
    RejectMessageReasonText RemoveHeader RemoveOME RemoveOMEv2 RemoveRMSAttachmentEncryption
    RouteMessageOutboundConnector RouteMessageOutboundRequireTls SetHeaderName SetHeaderValue SetSCL
    SmtpRejectMessageRejectStatusCode SmtpRejectMessageRejectText
    """.split()
)

DIVERSIONS = frozenset(
    """
    AddManagerAsRecipientType AddToRecipients BlindCopyTo CopyTo DeleteMessage Disconnect
    ModerateMessageByManager ModerateMessageByUser Quarantine RedirectMessageTo
    RejectMessageEnhancedStatusCode RejectMessageReasonText RouteMessageOutboundConnector
    SmtpRejectMessageRejectStatusCode SmtpRejectMessageRejectText
    """.split()
)
"""The actions by which mail is lost, held or refused, or reaches somebody it was not for."""

MARKS = frozenset({"SetHeaderName", "SetHeaderValue"})
"""The actions that write a header: the one that Loop Check trusts, if they are told to."""
