"""``python -m local probe TENANT``: asks a real tenant the twelve open questions, and leaves it as it was."""

import argparse
import os
import re
import signal
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from local.probe.conduct import Scene, conduct
from local.probe.line import Line
from local.probe.terminal import Console
from shared.adapters.clouds import cloud_of
from shared.adapters.sessions import Sessions
from shared.adapters.settings import Settings, from_environment
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Transport
from shared.domain.errors import InvalidSettings

_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_PLACE = Path(".state") / "probe"
_SETTLE = 30
_UNUSED = {
    "KEEPER_WEBHOOK_KEYS": '[{"id":"unused","secret":"whsec_dW51c2VkIHVudXNlZCB1bnVzZWQgdW51c2Vk"}]',
    "KEEPER_REGIONS": "unused",
    "KEEPER_STORAGE": "UseDevelopmentStorage=true",
    "KEEPER_STORAGE__queueServiceUri": "",
    "KEEPER_STORAGE__tableServiceUri": "",
    "KEEPER_STORAGE__clientId": "",
    "KEEPER_SETTLING_SECONDS": "",
    "KEEPER_RECHECK_SECONDS": "",
    "KEEPER_OPERATOR_KEY": "",
}
"""Settings of the product that the probe does not need: nothing is opened with them."""


def main(arguments: list[str]) -> int:
    """Run the probe.

    Args:
        arguments: The command line behind ``probe``.

    Returns:
        0 when nothing is left behind, 1 when something may be, 2 when it could not begin, 130 when it was interrupted.
    """
    parser = argparse.ArgumentParser("python -m local probe", description=__doc__, allow_abbrev=False)
    parser.add_argument("tenant", help="the tenant's id, a GUID")
    parser.add_argument("--folder", type=Path, help=f"an empty or new folder for what is found ({_PLACE}/<time>)")
    parser.add_argument("--settle", type=int, default=_SETTLE, help=f"seconds between a write and a look ({_SETTLE})")
    options = parser.parse_args(arguments)
    if not _GUID.fullmatch(options.tenant):
        parser.error("the tenant's id must be a GUID, such as 00000000-0000-4000-8000-000000000000")
    folder = options.folder or _PLACE / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    if folder.exists() and any(folder.iterdir()):
        parser.error("the folder must be new or empty")
    try:
        settings = settings_of(os.environ)
    except InvalidSettings as error:
        parser.error(f"the settings are incomplete:\n{error}")
    # An end by the system is an interruption like any other: what was made is removed first.
    signal.signal(signal.SIGTERM, _interrupt)
    scene = Scene(
        line(settings, UUID(options.tenant)), Console(), folder, lambda: time.sleep(options.settle), source(settings)
    )
    return conduct(scene)


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Read the product's own settings; those that the probe does not need may be missing.

    Raises:
        InvalidSettings: Everything that is missing or wrong.
    """
    return from_environment({**environment, **_UNUSED})


def line(settings: Settings, tenant_id: UUID) -> Line:
    """Join the product's adapters, as the product does."""
    sessions = Sessions()
    registration = Registration(settings.client_id, settings.credential, settings.login_url)
    tokens = Tokens(registration, settings.exchange_url, sessions)
    return Line(tenant_id, Transport(settings.exchange_url, sessions), tokens, lambda: datetime.now(UTC))


def source(settings: Settings) -> str:
    """Whose Exchange is asked: a sample is evidence only when it is Microsoft's."""
    cloud = cloud_of(settings.login_url, settings.exchange_url)
    return (
        f"Exchange Online, {cloud.name}" if cloud else "a simulator; these answers are no evidence of Exchange Online"
    )


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
