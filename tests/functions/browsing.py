"""A browser as far as the console minds: it keeps cookies, follows the way on, and fills in the forms of a page."""

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

import azure.functions as func

from functions.console.visitors import KEY
from functions.web import asgi
from shared.bootstrap import application
from shared.domain.operators import Operator, Role
from shared.domain.signed_in import LIFETIME, SignedIn, seal
from tests.functions.calling import ORIGIN, Answer, answer_of

HOME = "/api/console"
HTML = "text/html,application/xhtml+xml"


class _Forms(HTMLParser):
    """The forms of a page, each with what it sends by itself; and every attribute and tag that is there."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "form":
            self._open = self.forms.setdefault(given.get("action") or "", {})
        if tag == "input" and given.get("type") == "hidden":
            self._open[given.get("name") or ""] = given.get("value") or ""


@dataclass
class Browser:
    """One browser, at one origin."""

    origin: str = ORIGIN
    cookies: dict[str, str] = field(default_factory=dict)
    page: Answer | None = None
    site: str = "same-origin"

    def sign_in(self, role: Role = Role.ADMIN, name: str = "Ann Example") -> "Browser":
        """Sign somebody in, as a sign-in would."""
        world = application().world
        made = SignedIn(Operator(name, frozenset({role})), world.clock() + LIFETIME, world.new_id())
        self.cookies["__Host-keeper"] = seal(made, world.keys.get(KEY))
        return self

    def get(self, path: str, **heads: str) -> Answer:
        """Open a page."""
        self.page = self._call("GET", path, {"accept": HTML, **heads})
        return self.page

    def send(self, path: str, form: dict[str, str], **heads: str) -> Answer:
        """Send a form, as a page at this origin does."""
        given = {
            "accept": HTML,
            "content-type": "application/x-www-form-urlencoded",
            "origin": self.origin,
            "sec-fetch-site": self.site,
            **{name.replace("_", "-"): text for name, text in heads.items()},
        }
        return self._call("POST", path, {name: text for name, text in given.items() if text}, urlencode(form).encode())

    def submit(self, path: str, **fields: str) -> Answer:
        """Send the form of the page that is open, filled in."""
        assert self.page is not None
        return self.send(path, {**forms(self.page)[path], **fields})

    def _call(self, method: str, path: str, heads: dict[str, str], body: bytes = b"") -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        heads = {**heads, **({"cookie": cookie} if cookie else {})}
        params = dict(parse_qsl(urlsplit(path).query))
        request = func.HttpRequest(method, self.origin + path, headers=heads, params=params, body=body)
        answer = answer_of(asyncio.run(asgi().handle_async(request, None)))
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return answer


def forms(answer: Answer) -> dict[str, dict[str, str]]:
    """What each form of a page sends by itself, by where it goes."""
    return _read(answer).forms


def tags(answer: Answer) -> list[tuple[str, dict[str, str | None]]]:
    """Every tag of a page with its attributes."""
    return _read(answer).tags


def _read(answer: Answer) -> _Forms:
    parser = _Forms()
    parser.feed(answer.text)
    return parser
