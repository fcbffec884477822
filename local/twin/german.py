"""The twin's German: what it says to whom asks for it, or always where a tenant is told so.

One refusal in German is on record (exchange contract §1.8); the other texts are the same sentences, translated here.
"""

import re
from collections.abc import Mapping

_SENTENCES: Mapping[str, str] = {
    r"The operation couldn't be performed because object '(.*?)' couldn't be found on '(.*?)'\.": (
        r"Der Vorgang konnte nicht ausgeführt werden, da das Objekt '\1' auf '\2' nicht gefunden wurde."
    ),
    r"The connector '(.*?)' already exists\.": r"Der Connector '\1' ist bereits vorhanden.",
    r"A rule with the name '(.*?)' already exists\.": r"Eine Regel mit dem Namen '\1' ist bereits vorhanden.",
    r"The connector '(.*?)' is still used by one or more transport rules\.": (
        r"Der Connector '\1' wird noch von mindestens einer Transportregel verwendet."
    ),
    r"The connector '(.*?)' couldn't be found\.": r"Der Connector '\1' wurde nicht gefunden.",
    r"The specified rule priority is invalid\.": "Die angegebene Regelpriorität ist ungültig.",
    r"To be valid, all rules have to include at least one action\. Please specify an action\.": (
        "Alle Regeln müssen mindestens eine Aktion enthalten. Geben Sie eine Aktion an."
    ),
    r"The command you tried to run isn't currently allowed in your organization\. .*?: (\S+)\.": (
        r"Der Befehl ist in Ihrer Organisation derzeit nicht zulässig. Führen Sie zuerst diesen Befehl aus: \1."
    ),
    r"For this service offering you can't create or update inbound connectors in your organization\.": (
        "Für dieses Dienstangebot können Sie in Ihrer Organisation keine eingehenden Connectors erstellen oder ändern."
    ),
    r"Inbound connector for this service offering is created in a disabled state\. Contact Support to enable it\.": (
        "Der eingehende Connector wird für dieses Dienstangebot deaktiviert erstellt. Wenden Sie sich an den Support."
    ),
    r"For this service offering, you can't enable an inbound connector\. Contact Support to enable it\.": (
        "Für dieses Dienstangebot können Sie keinen eingehenden Connector aktivieren. Wenden Sie sich an den Support."
    ),
    r"You have reached the maximum number of concurrent requests per tenant\. Please wait and try again": (
        "Sie haben die maximale Anzahl gleichzeitiger Anforderungen erreicht. Warten Sie, und versuchen Sie es erneut"
    ),
    r"The server is too busy\. This issue may be transient\. Please try again later\.": (
        "Der Server ist ausgelastet. Versuchen Sie es später erneut."
    ),
    r"The command completed successfully but no settings of '(.*?)' have been modified\.": (
        r"Der Befehl wurde erfolgreich abgeschlossen, es wurden jedoch keine Einstellungen von '\1' geändert."
    ),
}
_ANYTHING = "Der Vorgang konnte nicht ausgeführt werden."


def in_german(text: str) -> str:
    """A text of the twin in German; what has no translation becomes a general sentence."""
    for english, german in _SENTENCES.items():
        found, count = re.subn(english, german, text)
        if count:
            return found
    return _ANYTHING
