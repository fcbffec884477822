"""The demo's story: three tenants, from signup to healed. It only asks, damages, watches and checks."""

import json
import time
from collections import Counter
from collections.abc import Mapping

from rich.console import Console

from local.demo.client import Client
from local.demo.customers import CUSTOMERS, LEAVER, Customer
from local.demo.items import ITEMS, foreign, rules_are_in_order, six_items
from local.demo.processes import ROOT, DemoError
from local.demo.screen import act, items_table, progress, titled, watching, writes_table
from local.twin.control import TwinControl

_PATIENCE_S = 60.0
_PAUSE_S = 0.1
_LOOP_CHECK, _REDIRECT = ITEMS[2:4]


class Story:
    """The demo, act by act."""

    def __init__(self, console: Console, client: Client, control: TwinControl) -> None:
        self._console = console
        self._client = client
        self._control = control
        self._skip_ips = {
            region: entry["skip_ips"]
            for region, entry in json.loads((ROOT / "regions.example.json").read_text())["regions"].items()
        }
        self._before: dict[str, dict[str, object]] = {}

    def tell(self) -> None:
        """Tell it all.

        Raises:
            DemoError: Something is not as it must be; the sentence says what.
        """
        self.sign_up()
        self.activate()
        self.damage()
        self._heal()
        self._leave()
        self._count()
        self._check()

    def sign_up(self) -> None:
        """Let three customers sign up, and see them provisioned."""
        act(self._console, "1  Three customers sign up")
        for customer in CUSTOMERS:
            self._come(customer, seed=CUSTOMERS.index(customer))
        self._watch("staged", "off", "provisioned through the queue and verified: staged, healthy")
        self._show("After provision: staged, as the article says: connectors on, rules off")

    def _come(self, customer: Customer, seed: int) -> dict[str, list[dict[str, object]]]:
        """Let a customer sign up; gives everything that was in its tenant before."""
        self._control.create_tenant(customer.tenant_id, customer.domain, seed=seed)
        before = self._state(customer)
        self._before[customer.name] = foreign(before)
        body = {
            "account_id": "demo",
            "tenant_id": customer.tenant_id,
            "region": customer.region,
            "initial_domain": customer.domain,
        }
        response = self._client.sign_up(body)
        self._say(customer, f"signed webhook → {response.status_code}")
        if response.status_code != 202:  # noqa: PLR2004 - HTTP's own number
            raise DemoError(f"signup was answered {response.status_code}: {response.text[:300]}")
        return before

    def activate(self) -> None:
        """Activate them, and see their mail pass through MailMarshal Cloud."""
        act(self._console, "2  An operator activates them")
        for customer in CUSTOMERS:
            operation = self._client.ask(customer.tenant_id, "activate")
            self._say(customer, f"activate → operation {operation['operation_id'][:8]}…")
        self._watch("active", "on", "Loop Check on, then Redirect: active, healthy")
        self._show("After activation")

    def damage(self) -> None:
        """Let their administrators damage them."""
        act(self._console, "3  Their administrators damage them")
        for customer in CUSTOMERS:
            for sentence, cmdlet, parameters in customer.damage:
                self._control.administrator(customer.tenant_id, cmdlet, self._filled(customer, parameters))
                self._say(customer, f"the administrator {sentence}")
        self._show("After the administrators")

    def _heal(self) -> None:
        act(self._console, "4  The timer notices, and the queue heals")
        self._watch("active", "on", "noticed by the timer, healed through the queue: active, healthy")

    def _leave(self) -> None:
        """One more customer comes, is activated, and leaves without a trace.

        Raises:
            DemoError: Something of ours is left, or something of theirs is not as it was.
        """
        act(self._console, "5  A fourth customer comes, and leaves")
        before = self._come(LEAVER, seed=len(CUSTOMERS))
        self._client.wait_for(LEAVER.tenant_id, _PATIENCE_S, stage="staged", verdict="healthy")
        plan = self._client.plan(LEAVER.tenant_id, "activate")
        for step in plan["steps"]:
            self._say(LEAVER, f"planned: {step['verb']} {step['object']}. {step['effect']}")
        self._client.ask(LEAVER.tenant_id, "activate", plan_hash=plan["plan_hash"])
        self._client.wait_for(LEAVER.tenant_id, _PATIENCE_S, stage="active", verdict="healthy")
        self._say(LEAVER, "activated, as it was planned")
        begun = time.monotonic()
        self._client.ask(LEAVER.tenant_id, "offboard")
        self._client.wait_for(LEAVER.tenant_id, _PATIENCE_S, stage="offboarded")
        proof = self._client.call("GET", f"/api/tenants/{LEAVER.tenant_id}/proof")
        self._say(LEAVER, f"off-boarded by {len(proof['removed'])} writes, {time.monotonic() - begun:.1f} s")
        if proof["read_back"] or self._state(LEAVER) != before:
            raise DemoError(f"{LEAVER.name}: something is left of us")
        self._say(LEAVER, "read back: nothing of ours is left, and the tenant is as it was before it signed up")

    def _count(self) -> None:
        counts: dict[str, dict[str, int]] = {}
        reads = 0
        for customer in CUSTOMERS:
            sent = Counter(
                entry["cmdlet"]
                for entry in self._control.history(customer.tenant_id)
                if entry["actor"] == "application"
            )
            reads += sum(count for cmdlet, count in sent.items() if cmdlet.startswith("Get-"))
            counts[customer.name] = {cmdlet: count for cmdlet, count in sent.items() if not cmdlet.startswith("Get-")}
        titled(self._console, "What was sent to each tenant", writes_table(counts))
        self._console.print(f"\nand {reads} reads.")

    def _check(self) -> None:
        for customer in CUSTOMERS:
            if foreign(self._state(customer)) != self._before[customer.name]:
                raise DemoError(f"{customer.name}: something that is not ours was changed")
        self._show("At the end")
        objects = sum(len(rows) for rows in self._before[CUSTOMERS[0].name].values() if isinstance(rows, list))
        self._console.print(
            f"\n[bold green]All {len(CUSTOMERS)} tenants are healthy.[/]\n"
            f"Foreign objects are untouched: {objects} in each tenant, compared in every field and in order.",
            soft_wrap=True,
        )

    def _watch(self, stage: str, rules: str, sentence: str) -> None:
        """Watch every tenant until its own state and the product's word are both as the act promises.

        Raises:
            DemoError: They are not in time.
        """
        wanted = {item: rules if item in (_LOOP_CHECK, _REDIRECT) else "on" for item in ITEMS}
        begun, waiting = time.monotonic(), list(CUSTOMERS)
        with watching(self._console) as show:
            while waiting:
                states = self._items()
                show(items_table(states))
                for customer in [c for c in waiting if states[c.name] == wanted and self._is_healthy(c, stage)]:
                    waiting.remove(customer)
                    self._say(customer, f"{sentence}, {time.monotonic() - begun:.1f} s")
                if waiting and time.monotonic() - begun > _PATIENCE_S:
                    raise DemoError(f"{waiting[0].name} is not as it should be in time: {states[waiting[0].name]}")
                time.sleep(_PAUSE_S)

    def _is_healthy(self, customer: Customer, stage: str) -> bool:
        record = self._client.tenant(customer.tenant_id)
        in_order = rules_are_in_order(self._state(customer))
        return in_order and (record["stage"], record["verdict"]) == (stage, "healthy")

    def _show(self, title: str) -> None:
        titled(self._console, title, items_table(self._items()))

    def _items(self) -> dict[str, dict[str, str]]:
        return {c.name: six_items(self._state(c), self._skip_ips[c.region]) for c in CUSTOMERS}

    def _filled(self, customer: Customer, parameters: Mapping[str, object]) -> dict[str, object]:
        state = self._state(customer)
        sealers = str(state["arc"][0]["ArcTrustedSealers"]).split(",")
        values = {
            "IPv4 only": [entry for entry in self._skip_ips[customer.region] if ":" not in entry],
            "without ours": [sealer for sealer in sealers if sealer != "dkim.mailmarshal.cloud"],
        }
        return {
            name: values.get(value, value) if isinstance(value, str) else value for name, value in parameters.items()
        }

    def _state(self, customer: Customer) -> dict[str, list[dict[str, object]]]:
        return self._control.state(customer.tenant_id)

    def _say(self, customer: Customer, sentence: str) -> None:
        progress(self._console, f"{customer.name} ({customer.region})  {sentence}")
