"""Hand a mail to a server: over TLS from the first byte, or by STARTTLS before anything is said.

Source: RFC 3207 (STARTTLS), RFC 8314 §3.3 (submission over TLS), RFC 5321 §4.2.1 (4yz may pass, 5yz does not).
"""

import logging
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from ssl import SSLContext

from shared.adapters.notify_kinds import MailSink, Tls
from shared.domain.errors import KeeperError, Rejected, Unavailable

_LOG = logging.getLogger("keeper.mail")

_TIMEOUT_S = 20.0
_LASTING = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail.

    Attributes:
        place: Where it is and how it is entered.
        context: Makes what certificates are checked with.
    """

    place: MailSink
    context: Callable[[], SSLContext]

    def hand(self, mail: EmailMessage) -> None:
        """Hand over a mail.

        Raises:
            Unavailable: The server did not take it; try again later.
            Rejected: It refuses the mail, every recipient, or our password.
        """
        try:
            server = self._opened()
            try:
                if self.place.user:
                    server.login(self.place.user, self.place.password.reveal)
                refused = server.send_message(mail)
            finally:
                _leave(server)
        except (smtplib.SMTPException, OSError) as error:
            # The original may quote an address, or what we said.
            raise meaning(error) from None
        if refused:
            # Trying again would tell the others twice.
            _LOG.warning("recipients refused", extra={"sink": self.place.told.name, "count": len(refused)})

    def _opened(self) -> smtplib.SMTP:
        place = self.place
        if place.tls is Tls.FROM_THE_START:
            return smtplib.SMTP_SSL(place.host, place.port, timeout=_TIMEOUT_S, context=self.context())
        server = smtplib.SMTP(place.host, place.port, timeout=_TIMEOUT_S)
        if place.tls is Tls.STARTTLS:
            try:
                server.starttls(context=self.context())
            except BaseException:
                server.close()
                raise
        return server


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; whatever comes of that, a mail that was taken is taken."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def meaning(error: Exception) -> KeeperError:
    """Say what a failure means."""
    name = type(error).__name__
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    if codes and min(codes) >= _LASTING:
        return Rejected(f"the mail server refuses it ({name}, {min(codes)})")
    return Unavailable(f"the mail server did not take it ({name}); try again later")
