"""One tenant's life on the twin: what every test of it begins with, and what must hold around each write."""

from collections.abc import Callable
from datetime import timedelta

from local.demo.items import ITEMS
from shared.application.commands import Order, command
from shared.application.signups import sign_up
from shared.domain.regions import Region
from shared.domain.signup import Signup
from shared.domain.tenants import Stage, Verdict
from shared.domain.values import Secret
from tests.fakes import CANARY, TENANT_ID, new_policy
from tests.on_twin import DOMAIN, on_twin
from tests.pump import pump, turn

POLICY = new_policy(settling_seconds=60)
FROM, TO, LOOP_CHECK, REDIRECT = ITEMS[:4]
SIGNUP = Signup("acme", TENANT_ID, Region.EU, DOMAIN, Secret(CANARY))
HOUR = timedelta(hours=1)


class Life:
    """A tenant and what is done to it."""

    def __init__(self, rules: int = 4) -> None:
        self.scene = on_twin(rules)
        self.clock, self.world = self.scene.clock, self.scene.world
        self.before = self.scene.state()
        self.scene.watchers.append(self._never_mixed)
        self.webhooks = 0

    def sign_up(self, signup: Signup = SIGNUP) -> "Life":
        """Send a webhook of its own and let everything follow."""
        self.webhooks += 1
        self.run(sign_up(signup, f"msg_{self.webhooks}", self.world).deliveries)
        return self

    def staged(self) -> "Life":
        """Sign up, to the healthy end."""
        self.sign_up()
        assert self.now() == (Stage.STAGED, Verdict.HEALTHY)
        return self

    def active(self) -> "Life":
        """Sign up and activate, to the healthy end."""
        self.staged().ask("activate")
        assert self.now() == (Stage.ACTIVE, Verdict.HEALTHY)
        assert set(self.items().values()) == {"on"}
        return self

    def ask(self, name: str, **parts: object) -> "Life":
        """Let an operator ask for something, and everything follow."""
        order = Order(name, "jane", **parts)  # type: ignore[arg-type]
        self.run(command(order, TENANT_ID, self.world, POLICY).deliveries)
        return self

    def run(self, deliveries: object) -> list[str]:
        """Work on messages and on all that follow."""
        return pump(self.clock, self.world, POLICY, deliveries)  # type: ignore[arg-type]

    def later(self, **duration: float) -> list[str]:
        """Let time pass, and the timer fire."""
        self.clock.advance(**duration)
        return turn(self.clock, self.world, POLICY)

    def now(self) -> tuple[Stage, Verdict]:
        """Stage and verdict."""
        return self.scene.record().stage, self.scene.record().verdict

    def items(self) -> dict[str, str]:
        """The six items, read off the tenant."""
        return self.scene.items()

    def events(self, kind: str) -> list[tuple[str, str, str, str]]:
        """The history's events of a kind, oldest first: subject, before, after, actor."""
        found, _ = self.world.history.page(TENANT_ID, None, 1000)
        return [(e.subject, e.before, e.after, e.actor) for e in found[::-1] if e.kind == kind]

    def regions(self) -> set[str]:
        """The regions that the two connectors show."""
        state = self.scene.state()
        inbound = [row["TlsSenderCertificateName"] for row in state["inbound_connectors"] if row["Name"] == FROM]
        outbound = [row["TlsDomain"] for row in state["outbound_connectors"] if row["Name"] == TO]
        hosts = [host for row in state["outbound_connectors"] if row["Name"] == TO for host in row["SmartHosts"]]  # type: ignore[attr-defined]
        return {str(name).split(".")[1] for name in (*inbound, *outbound, *hosts)}

    def _never_mixed(self) -> Callable[[], None]:
        def after() -> None:
            redirect = [r for r in self.scene.state()["transport_rules"] if r["Name"] == REDIRECT]
            routes = [r for r in redirect if r["State"] == "Enabled" and r["RouteMessageOutboundConnector"] == TO]
            if routes:
                assert len(self.regions()) == 1, "two regions while Redirect is on"

        return after


def configured_by_hand(life: Life, guid: str = CANARY, **loop_check: object) -> None:
    """What an administrator makes by the article."""
    run = life.scene.administrator
    name = "eu.mailmarshal.cloud"
    run(
        "New-InboundConnector",
        Name=FROM,
        ConnectorType="OnPremises",
        SenderDomains=["*"],
        RequireTls=True,
        TlsSenderCertificateName=f"*.{name}",
        EFSkipIPs=["203.0.113.0/24", "2001:db8:e::/48"],
    )
    run(
        "New-OutboundConnector",
        Name=TO,
        ConnectorType="Partner",
        UseMXRecord=False,
        SmartHosts=[f"m365integrated-array-1.{name}"],
        TlsSettings="DomainValidation",
        TlsDomain=f"*.{name}",
        IsTransportRuleScoped=True,
    )
    rule = {
        "HeaderContainsMessageHeader": "X-MMCloud-ID",
        "HeaderContainsWords": [guid],
        "RemoveHeader": "X-MMCloud-ID",
        "StopRuleProcessing": True,
    }
    run("New-TransportRule", Name=LOOP_CHECK, **{**rule, **loop_check})
    run("New-TransportRule", Name=REDIRECT, RouteMessageOutboundConnector=TO)
    sealers = [*str(life.scene.state()["arc"][0]["ArcTrustedSealers"]).split(","), "dkim.mailmarshal.cloud"]
    run("Set-ArcConfig", Identity="Default", ArcTrustedSealers=sealers)
