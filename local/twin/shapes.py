"""How objects read back: what Exchange does to values on their way out.

Source: exchange contract §1.5 (annotations, new members), §2.1.2, §2.2, §2.4.2; positions: ``switches``.
"""

from ipaddress import ip_address, ip_network

from local.twin.positions import Extras, ReadBack, SingleWords, SkipListText
from local.twin.state import Row, TenantState
from local.twin.switches import Switches

_GUIDS = frozenset({"Guid", "ImmutableId", "ExchangeObjectId"})


def shaped(tenant: TenantState, row: Row) -> Row:
    """An object as the tenant reads it back; a copy."""
    switches, shown = tenant.switches, dict(row)
    if switches.read_back is ReadBack.PLAIN and "SenderDomains" in shown:
        shown["SenderDomains"] = [word.partition(";")[0].removeprefix("smtp:") for word in shown["SenderDomains"]]
    if "EFSkipIPs" in shown:
        shown["EFSkipIPs"] = [_written(word, switches.skip_list_text) for word in shown["EFSkipIPs"]]
    if switches.single_words is SingleWords.TEXTS and "ImmutableId" in shown:
        shown |= {name: value[0] for name, value in shown.items() if isinstance(value, list) and len(value) == 1}
    if switches.extras is Extras.SOME and "Guid" in shown:
        shown["DirectoryObjectVersion"] = 4711
    return shown


def annotated(row: Row, switches: Switches) -> Row:
    """An object with the annotations that stand before each property that is no plain text."""
    if switches.read_back is ReadBack.PLAIN:
        return row
    shown: Row = {}
    for name, value in row.items():
        if kind := _kind(name, value):
            shown[f"{name}@{'odata' if kind.startswith('#') else 'data'}.type"] = kind
        shown[name] = value
    return shown


def _kind(name: str, value: object) -> str:
    if isinstance(value, list):
        return "#Collection(String)"
    if name in _GUIDS:
        return "System.Guid"
    if not value:  # most of what a rule has; a number stays one when it is nought
        return "System.Int32" if type(value) is int else ""
    if name.startswith("When"):
        return "System.DateTime"
    return "System.Int32" if type(value) is int else ""


def _written(word: str, text: SkipListText) -> str:
    """One entry of a skip list; a range stays one, because it need not be a block."""
    if text is SkipListText.AS_WRITTEN or "-" in word:
        return word
    block = ip_network(word, strict=False) if "/" in word else ip_network(ip_address(word))
    return str(block) if text is SkipListText.BLOCKS else f"{block[0]}-{block[-1]}"
