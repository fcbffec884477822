"""Draw a route as SVG: one column for each place, one arrow for each hop, the end in words below."""

from collections.abc import Mapping
from html import escape

from local.twin.mailflow.way import INTERNET, MAILBOX, NOWHERE, End, Hop, Route

_WIDTH, _TOP, _STEP, _MARGIN = 190, 56, 44, 95
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2933; text-anchor: middle }
  .place { font-weight: 600 } .why { font-size: 12px; fill: #52606d } .end { font-size: 14px; font-weight: 600 }
  line, path { stroke: #52606d; stroke-width: 1.5 } .lane { stroke: #cbd2d9; stroke-dasharray: 3 4 }
  .good { fill: #0b7a4b } .bad { fill: #b42318 } #tip path { fill: #52606d; stroke: none }
  @media (prefers-color-scheme: dark) { text { fill: #e4e7eb } .why { fill: #9aa5b1 } line, path { stroke: #9aa5b1 }
    .lane { stroke: #3e4c59 } .good { fill: #3ebd93 } .bad { fill: #f97066 } #tip path { fill: #9aa5b1 } }
"""


def drawing(route: Route, names: Mapping[str, str], customer: str, title: str) -> str:
    """Draw one route.

    Args:
        route: What to draw.
        names: What people call the tenants, by id.
        customer: Whose mail it is, an id: whether it was scanned is said for this tenant.
        title: What it shows, for people who do not see it.

    Returns:
        An SVG document, the same for the same route.
    """
    order = [INTERNET, *names, *_relays(route, names), MAILBOX, NOWHERE]
    visited = {place for hop in route.hops for place in (hop.origin, hop.target)}
    column = {place: _MARGIN + _WIDTH * n for n, place in enumerate(place for place in order if place in visited)}
    bottom = _TOP + _STEP * len(route.hops)
    parts = [_lane(names.get(place, place), x, bottom) for place, x in column.items()]
    parts += [_arrow(hop, column, _TOP + _STEP * (row + 1), names) for row, hop in enumerate(route.hops)]
    sentence, is_good = _said(route, customer)
    width, height = max(column.values()) + _MARGIN, bottom + 56
    parts.append(_text(width // 2, bottom + 38, sentence, f"end {'good' if is_good else 'bad'}"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    tip = '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    defs = f'<defs>{tip}<path d="M0 0 8 4 0 8z"/></marker></defs>'
    label = f'role="img"><title>{escape(title)}: {escape(sentence)}</title>'
    return "\n".join([f"{head} {label}", f"<style>{_STYLE}</style>{defs}", *parts, "</svg>\n"])


def _relays(route: Route, names: Mapping[str, str]) -> list[str]:
    places = dict.fromkeys(place for hop in route.hops for place in (hop.origin, hop.target))
    return [place for place in places if place not in (INTERNET, MAILBOX, NOWHERE, *names)]


def _lane(name: str, x: int, bottom: int) -> str:
    return f'{_text(x, 28, name, "place")}<line class="lane" x1="{x}" y1="38" x2="{x}" y2="{bottom + 12}"/>'


def _arrow(hop: Hop, column: Mapping[str, int], y: int, names: Mapping[str, str]) -> str:
    start, end = column[hop.origin], column[hop.target]
    why = names.get(hop.why, hop.why).removeprefix("MailMarshal Cloud Integrated ")
    line = f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" marker-end="url(#tip)"/>'
    return _text((start + end) // 2, y - 7, why, "why") + line


def _text(x: int, y: int, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'


def _said(route: Route, customer: str) -> tuple[str, bool]:
    """How it ends, in words; and whether that is as it should be."""
    ends = {
        End.LOOPED: "and so on: it goes round until Exchange gives up",
        End.REFUSED: "refused: the sender gets a report",
        End.EXPIRED: "waits in the queue until it expires",
        End.STRANGER: "a stranger has it",
        End.REMOVED: f"taken out by {route.by}",
    }
    if route.end is not End.DELIVERED:
        return ends[route.end], False
    if customer in route.unscanned_for:
        return "delivered, not scanned", False
    weak = "; ".join(sorted(route.weaknesses))
    if customer in route.leaked:
        weak = "the stamp has left the tenant"
    return f"delivered, scanned{f'; {weak}' if weak else ''}", not weak
