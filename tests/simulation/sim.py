"""The deterministic simulation: the product's shell and handlers over a model of everything outside, from one seed."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from functions import keeping, shell, telling
from local.twin.admin_api import ADMINISTRATOR
from local.twin.faults import Fault as Answer
from local.twin.positions import Replicas
from local.twin.wire import Delivery as Way
from shared.adapters.emitting import AzureMonitor
from shared.application.commands import Order, command
from shared.application.handlers import handle_reconcile, handle_verify
from shared.application.leave import handle_offboard
from shared.application.ports import World
from shared.application.signups import sign_up
from shared.application.sinks import Notices
from shared.domain.errors import InvalidMessage
from shared.domain.letters import Outbox
from shared.domain.messages import HEALING, Delivery, Queue, decode
from shared.domain.signup import Signup
from shared.domain.tenants import Tenant
from tests.application.life import POLICY, SIGNUP
from tests.fakes import CANARY, TENANT_ID
from tests.on_twin import on_twin
from tests.simulation.baton import Baton, Killed, Task
from tests.simulation.damage import DAMAGES, Act
from tests.simulation.faults import Crash, Fault
from tests.simulation.judge import LAG, Job, Judge
from tests.simulation.queue_model import Letter, QueueModel
from tests.simulation.receiver import PATIENT, Receiver
from tests.simulation.seams import Seam, owner_in
from tests.simulation.snapshots import Snapshot, restored, taken
from tests.simulation.told import Told

PORTS = ("exchange", "tenants", "journal", "wishes", "history", "proofs")
HANDLERS: dict[Queue, shell.Handler] = {
    Queue.PROVISION: handle_reconcile,
    Queue.REMEDIATE: handle_reconcile,
    Queue.VERIFY: handle_verify,
    Queue.OFFBOARD: handle_offboard,
}
SEEN_WITHIN = timedelta(seconds=60)
"""Every worker has seen a freeze by then."""
_SPOILT: dict[Fault, dict[str, object]] = {
    Fault.REFUSED: {"status": 500},
    Fault.LOST: {"status": 503, "applied": True},
    Fault.RESET: {"delivery": Way.RESET, "applied": True},
    Fault.THROTTLED: {"status": 429, "headers": {"Retry-After": "120"}},
    Fault.STALE: {"stale": True},
}


SILENT = SimpleNamespace(beat=lambda: None)
"""Nobody waits for a sign of life here."""


@dataclass(frozen=True)
class Setting:
    """What a run is made of, beside its seed.

    Attributes:
        workers: How many work at once.
        rules: How many rules of its own the tenant has.
        faults: What goes wrong at which call, counted from the beginning of the run.
        lost_deletes: How many of a hundred finished messages come again.
        handlers: Who works on each queue.
        slowness: How long calls take, in parts of half a second on average.
        is_heard: What the product tells Azure Monitor is kept.
        is_told: People are told.
    """

    workers: int = 1
    rules: int = 1
    faults: dict[int, Fault] = field(default_factory=dict)
    lost_deletes: int = 0
    handlers: dict[Queue, shell.Handler] = field(default_factory=lambda: HANDLERS)
    slowness: float = 1
    is_heard: bool = False
    is_told: bool = False


class Sim:
    """One tenant, its Exchange, the stores, the queues, the workers and the clock."""

    def __init__(self, seed: int = 0, setting: Setting | None = None, begin: Snapshot | None = None) -> None:
        self.setting = setting or Setting()
        self.dice = Random(seed)
        self._ids = Random(f"{seed} ids")
        self.scene = on_twin(self.setting.rules)
        self.clock = self.scene.clock
        world = replace(self.scene.world, new_id=lambda: UUID(int=self._ids.getrandbits(128), version=4))
        if begin is not None:
            self.clock.now = begin.now
            world = replace(world, **restored(begin, self.scene.directory))  # type: ignore[arg-type]
        # A read may be asked to show what was there before the last write: it has to be remembered.
        if Fault.STALE in self.setting.faults.values():
            self.scene.directory.faults.append(Answer("nothing at all", stale=True))
        self.told = Told(self.clock)
        if self.setting.is_heard:
            world = replace(world, telemetry=AzureMonitor(self.clock))
        self.queues = QueueModel(self.clock, self.dice, self.setting.lost_deletes)
        self.faults = dict(self.setting.faults)
        self.judge = Judge()
        self.receiver = Receiver(Random(f"{seed} receiver"))
        self.trace: list[tuple[str, str]] = []
        self.bugs: list[str] = []
        self.app = SimpleNamespace(
            policy=PATIENT if self.setting.is_told else POLICY,
            queues=Seam("queues", self.queues, self),
            chance=self.dice.random,
            heartbeat=SILENT,
            notices=Notices((self.receiver,)),
        )
        self.live_in(world)
        self._baton = Baton()
        self._jobs: dict[int, Job] = {}
        self._letters: dict[int, Letter | None] = {}
        self._tasks: list[Task] = []
        self._begun = 0
        self.is_damaged = False
        self.answers = dict(_SPOILT)
        self.happenings: dict[int, Callable[[], None]] = {}
        self.scene.watchers.append(self._watch)

    def live_in(self, world: World) -> None:
        """Put the product into a world: what it sees of it are seams."""
        self.raw = self.scene.world = world
        ports = (*PORTS, "incidents") if self.setting.is_told else PORTS
        seams = {name: Seam(name, getattr(world, name), self) for name in ports}
        self.app.world = replace(world, **seams)  # type: ignore[arg-type]

    # What people and time do

    def send(self, deliveries: Iterable[Delivery]) -> None:
        """Put messages on their queues."""
        for delivery in deliveries:
            self.queues.send(delivery)

    def ask(self, name: str, **parts: object) -> None:
        """Let an operator ask for something."""
        order = Order(name, "jane", **parts)  # type: ignore[arg-type]
        self.send(command(order, TENANT_ID, self.raw, POLICY).deliveries)

    def sign_up(self, webhook: str = "msg_1", signup: Signup = SIGNUP) -> None:
        """Let a webhook come in."""
        self.send(sign_up(signup, webhook, self.raw).deliveries)

    def administrator(self, act: Act) -> None:
        """Let the tenant's administrator run a cmdlet; one that does not fit is refused."""
        self.is_damaged = True
        before, tenant = self.scene.state(), self.record()
        self.scene.twin.exchange.perform(self.scene.directory, act[0], dict(act[1]), ADMINISTRATOR)
        if tenant is not None:
            self.judge.administrator(tenant, self.clock.now, before, self.scene.state())

    def keep_poison(self) -> None:
        """Let the poison queues' own functions work."""
        letters, self.queues.poison = self.queues.poison, []
        with self._in_place():
            for letter in letters:
                keeping.keep(letter.queue, f"id {letter.number}", letter.body)

    def tick(self) -> None:
        """Let the timer fire; it works beside the others."""
        self._start("the timer", None, lambda: shell.sweep(past_due=False), lambda _: None)

    def later(self, hours: float = 1, ticks: int = 1) -> None:
        """Let time pass, with the timer firing at the end of each part."""
        for _ in range(ticks):
            self.run(self.clock.now + timedelta(hours=hours / ticks))
            self.tick()
        self.run(self.clock.now + timedelta(seconds=1))

    def record(self) -> Tenant | None:
        """The tenant's record, if there is one."""
        return self._record(TENANT_ID)

    def tenant(self) -> Tenant:
        """The tenant's record, which must be there."""
        return self.raw.tenants.get(TENANT_ID).tenant

    def snapshot(self) -> Snapshot:
        """Keep this moment for other runs."""
        assert not self.queues.letters
        return taken(self.clock.now, self.scene.directory, self.raw)

    # Running

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """The shell works in this world, without a word: its log is judged elsewhere, and runs are thousands."""
        log = logging.getLogger("keeper")
        level = log.level
        with ExitStack() as stack:
            log.setLevel(logging.CRITICAL + 1)
            stack.callback(log.setLevel, level)
            if self.setting.is_heard:
                stack.enter_context(self.told.heard())
            # One thing at a time, by the scheduler's choice: threads of the timer's own would run beside it.
            stack.enter_context(patch.object(shell, "side_by_side", map))
            seats = ((shell, "application"), (shell, "foundation"), (keeping, "foundation"), (telling, "foundation"))
            for module, name in seats:
                stack.enter_context(patch.object(module, name, lambda: self.app))
            yield

    def run(self, until: datetime | None = None) -> None:
        """Work until nothing is left to do, or until a moment."""
        end = until or self.clock.now + timedelta(hours=12)
        with self._in_place():
            while self._once(end):
                pass
        if until is not None:
            self.clock.now = max(self.clock.now, until)

    def some(self, steps: int) -> None:
        """Work for so many steps and stop in the middle."""
        with self._in_place():
            for _ in range(steps):
                self._once(self.clock.now)

    def close(self) -> None:
        """End the workers that still wait."""
        for task in self._tasks:
            self._baton.kill(task)
        self._tasks.clear()

    def _once(self, end: datetime) -> bool:
        now = self.clock.now
        ready = [task for task in self._tasks if task.wakes_at <= now]
        may_begin = len(self._tasks) < self.setting.workers and bool(self.queues.visible())
        if not ready and not may_begin:
            moments = [task.wakes_at for task in self._tasks]
            if (due := self.queues.next_moment()) is not None and len(self._tasks) < self.setting.workers:
                moments.append(due)
            if not moments or min(moments) > end:
                return False
            self.clock.now = max(now, min(moments))
            return True
        choice = self.dice.randrange(len(ready) + may_begin)
        if choice == len(ready):
            self._begin()
        else:
            self._step(ready[choice])
        return True

    def _step(self, task: Task) -> None:
        self._baton.step(task)
        if task.is_done:
            self._tasks.remove(task)

    def _begin(self) -> None:
        letter = self.queues.take()
        if letter is None:
            return
        work = self._work_on(letter)
        self._start(f"message {letter.number}", letter, work, lambda task: self._ended(letter, task))

    def _work_on(self, letter: Letter) -> Callable[[], None]:
        queue, body = letter.queue, letter.body
        if isinstance(queue, Outbox):
            return lambda: telling.tell(body)
        handle = self.setting.handlers[queue]
        return lambda: shell.work(queue, body, handle)

    def _start(self, what: str, letter: Letter | None, work: Callable[[], None], end: Callable[[Task], None]) -> None:
        self._begun += 1
        job = self._job(letter)

        def lived() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the host sees any of them
                task.error = error
            except Crash as crash:
                task.error = crash
            except Killed:
                return
            end(task)

        task = self._baton.start(what, self.clock.now, lived)
        self._jobs[id(task)] = job
        self._letters[id(task)] = letter
        self._tasks.append(task)

    def _ended(self, letter: Letter, task: Task) -> None:
        """What the queue makes of a worker's end."""
        if task.error is None:
            self.queues.done(letter)
        elif isinstance(task.error, Exception):
            self.queues.failed(letter)
            if not getattr(task.error, "code", ""):
                self.bugs.append(f"{task.what}: {task.error!r}")

    def _job(self, letter: Letter | None) -> Job:
        tenant_id, heals, generation = None, False, 0
        if letter is not None:
            try:
                message = decode(letter.body)
            except InvalidMessage:
                pass
            else:
                tenant_id, heals = message.tenant_id, message.cause in HEALING
                generation = message.generation
        frozen = self.raw.wishes.get().fleet.freeze is not None
        return Job(self._begun, tenant_id, heals, frozen, generation=generation)

    # What a seam asks for

    def arrive(self, port: str, name: str) -> Fault | None:
        """Let others run; give what goes wrong now."""
        if self.setting.workers > 1 or len(self._tasks) > 1:
            self._baton.pause()
        self.clock.advance(seconds=self.setting.slowness * self.dice.randrange(1, 20) / 20)
        self.trace.append((port, name))
        if happening := self.happenings.pop(len(self.trace), None):
            happening()
        return self.faults.get(len(self.trace))

    def sleep(self, seconds: float) -> None:
        """Stand still while others run; what is slept over comes to somebody else as well."""
        letter = self._letters.get(id(self._baton.holder))
        if letter is not None:
            # Who gets it is done long before the sleeper wakes, or is still at it.
            wait = self.dice.choice((seconds / 2, seconds - 4))
            self.queues.put(letter.queue, letter.body, timedelta(seconds=wait))
        self.stall(seconds)

    def stall(self, seconds: float) -> None:
        """Stand still while others run."""
        if (task := self._baton.holder) is not None:
            task.wakes_at = self.clock.now + timedelta(seconds=seconds)
            self._baton.pause()

    def damage(self) -> None:
        """Let an administrator do something."""
        self.administrator(self.dice.choice(DAMAGES))

    def spoil(self, fault: Fault, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
        """Call Exchange through a fault of its own."""
        answers = self.scene.directory.faults
        answer = Answer("*", **({"times": 99} | self.answers[fault]))  # type: ignore[arg-type]
        past = self.scene.directory.past
        if fault is not Fault.STALE or (past and self.clock.now - past[-1].until < timedelta(seconds=60)):
            answers.insert(0, answer)
        try:
            return call()
        finally:
            if answer in answers:
                answers.remove(answer)

    def looked(self) -> None:
        """Note that a worker begins to look."""
        is_behind = self.scene.directory.switches.replicas is Replicas.LAGGING
        if is_behind or Fault.STALE in self.faults.values():
            self.judge.lag = LAG
        if job := self._current():
            job.read = job.looked = (self.judge.events, self.clock.now)

    def recalled(self, tenant: Tenant) -> None:
        """Note what a worker knows of what is wanted."""
        if job := self._current():
            job.known = tenant.generation

    def stored(self, arguments: tuple[object, ...]) -> None:
        """Note whose lease a worker takes, and that it gives no secret away."""
        job, owner, tenant = self._current(), owner_in(arguments), self.record()
        if job and owner and tenant is not None and (tenant.lease is None or tenant.lease.owner != owner):
            job.owners.add(owner)
        if CANARY in repr(arguments):
            self.judge.violations.append("S9 the secret in a store or a queue")

    def changed_by_another(self, port: str) -> None:
        """Let somebody else change a row a moment before."""
        store: Any = getattr(self.raw, port)
        if port in ("tenants", "incidents"):
            store.rows = {key: (row, edition + 1) for key, (row, edition) in store.rows.items()}
        else:
            store.edition += 1

    def _current(self) -> Job | None:
        task = self._baton.holder
        return self._jobs.get(id(task)) if task is not None else None

    def _record(self, tenant_id: UUID) -> Tenant | None:
        rows = self.raw.tenants.rows  # type: ignore[attr-defined]
        return rows[tenant_id][0] if tenant_id in rows else None

    def _watch(self) -> Callable[[], None]:
        job, tenant = self._current(), self.record()
        if job is None or tenant is None or job.tenant_id != TENANT_ID:
            return lambda: None
        freeze = self.raw.wishes.get().fleet.freeze
        job.frozen |= freeze is not None and self.clock.now - freeze.since > SEEN_WITHIN
        after = self.judge.around(job, tenant, self.clock.now, self.scene.state())
        return lambda: after(self.scene.state())
