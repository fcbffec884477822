"""A mail server on loopback, with STARTTLS or TLS from the first byte, that keeps what it takes."""

import base64
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from tests.adapters.receivers import running


@dataclass
class Mailbox:
    """A server that takes mail.

    Attributes:
        port: Where it listens on loopback.
        context: What it makes the way private with; ``None`` where it cannot.
        starttls: The way is made private by STARTTLS, and not from the first byte.
        mails: What it took: whether the way was private, who was let in, to whom, and the mail.
        refusals: What it says instead of yes, by the command or the recipient.
        words: Everything that was said before the way was private.
    """

    port: int = 0
    context: ssl.SSLContext | None = None
    starttls: bool = True
    mails: list[tuple[bool, str, list[str], EmailMessage]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    box: Mailbox

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no error of a test."""


class _Handler(socketserver.BaseRequestHandler):
    """One conversation; ``user`` with the password ``pass`` is let in."""

    def setup(self) -> None:
        self.box = cast("_Server", self.server).box
        self.is_private, self.user = False, ""
        self.recipients: list[str] = []
        self.way = self.request.makefile("rb")

    def handle(self) -> None:
        if self.box.context is not None and not self.box.starttls:
            self._wrap()
        self._say("220 mailbox ESMTP")
        while (line := self.way.readline().decode().strip()) and self._heard(line):
            pass

    def finish(self) -> None:
        self.way.close()
        self.request.close()

    def _heard(self, line: str) -> bool:
        word = line.split(" ", maxsplit=1)[0].upper()
        if not self.is_private:
            self.box.words.append(line)
        address = line.partition("<")[2].partition(">")[0]
        refusal = self.box.refusals.get(word) or (word == "RCPT" and self.box.refusals.get(address))
        if refusal:
            return self._say(refusal)
        if word == "RCPT":
            self.recipients.append(address)
        special = {"EHLO": self._offers, "STARTTLS": self._privately, "DATA": self._takes, "AUTH": self._lets_in}
        if word in special:
            return special[word](line)
        return self._say("221 bye" if word == "QUIT" else "250 ok") and word != "QUIT"

    def _offers(self, _: str) -> bool:
        can_wrap = self.box.context is not None and not self.is_private
        return self._say("250-mailbox\r\n250-AUTH PLAIN\r\n" + ("250-STARTTLS\r\n" if can_wrap else "") + "250 HELP")

    def _privately(self, _: str) -> bool:
        self._say("220 go ahead")
        self._wrap()
        return True

    def _lets_in(self, line: str) -> bool:
        _, self.user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        return self._say("235 in" if (self.user, password) == ("user", "pass") else "535 no")

    def _takes(self, _: str) -> bool:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.way.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), _class=EmailMessage, policy=policy.default)
        self.box.mails.append((self.is_private, self.user, self.recipients, mail))
        return self._say("250 kept")

    def _say(self, text: str) -> bool:
        self.request.sendall(f"{text}\r\n".encode())
        return True

    def _wrap(self) -> None:
        assert self.box.context is not None
        self.request = self.box.context.wrap_socket(self.request, server_side=True)
        self.way, self.is_private = self.request.makefile("rb"), True


@contextmanager
def mailbox(context: ssl.SSLContext | None, *, starttls: bool = True) -> Iterator[Mailbox]:
    """Run a mail server on loopback."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.box = Mailbox(server.server_address[1], context, starttls)
    with running(server):
        yield server.box
