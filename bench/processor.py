"""B3 and B8: how much of a processor one look costs, with forty foreign rules of full size."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import requests

from bench.rows import Goal, Row, alone, at_most, compared, taken_in_turns
from bench.scenes import FULL, Recording, environment, message_for, playing, recorded
from shared.adapters.credentials import ClientSecret
from shared.adapters.exchange import ExchangeOnline
from shared.adapters.exchange_answers import Answer, decipher_batch
from shared.adapters.exchange_calls import READS, Call
from shared.adapters.exchange_lists import joined, observation_of
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Transport
from shared.application.handlers import handle_verify
from shared.application.ports import World
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.observation import Observation
from shared.domain.plan import plan
from shared.domain.tenants import Stage, Verdict
from shared.domain.values import Secret
from tests.application.life import POLICY
from tests.fakes import new_world

_MANY = 12
"""Looks in one sample."""
_MANY_CORES = 100
_A_MILLISECOND = 1e3


def rows() -> list[Row]:
    """Measure."""
    found = recorded(FULL)
    # The authority by the environment, as an operator of a trial gives it: requests reads it anew at every request.
    with playing(found.script) as where, environment({"REQUESTS_CA_BUNDLE": where["ca_file"]}):
        pairs = taken_in_turns(_looks(found, where["url"]), _posts(found, where["url"]))
    core = core_of(found)
    samples = [_took(core, _MANY_CORES) * _A_MILLISECOND for _ in range(7)]
    return [
        compared("B3", f"CPU of a verify with {FULL} foreign rules, ms", at_most(1.5), pairs),
        alone("B8", "CPU of desired + diff + plan, ms", Goal("≤ 1 ms, reported", lambda found: found <= 1), samples),
    ]


def core_of(found: Recording) -> Callable[[], object]:
    """The pure core for one tenant: desired state, differences, plan."""
    observation, tenant = observed(found), found.tenant

    def core() -> object:
        desired = desired_state(tenant, POLICY.spec)
        drifts = diff(desired, observation, tenant.owned, active=tenant.stage is Stage.ACTIVE)
        return plan(desired, observation, drifts, tenant.fail_policy)

    assert core() == ()
    return core


def observed(found: Recording) -> Observation:
    """What the product makes of the answer, by its own reader."""
    calls: dict[str, Call] = {str(place): call for place, (_, call) in enumerate(READS)}
    parts = [{**part, "id": str(place)} for place, part in found.script.parts]
    body = json.dumps({"responses": parts}).encode()
    outcomes = decipher_batch(Answer(200, {}, body), calls, datetime.now(UTC))
    return observation_of(joined((kind, outcomes[str(place)]) for place, (kind, _) in enumerate(READS)))


def _looks(found: Recording, url: str) -> Callable[[], float]:
    world, message = _world(found, url), message_for(found.tenant)

    def look() -> None:
        outcome = handle_verify(message, world, POLICY)
        assert outcome.report is not None
        assert outcome.report.verdict is Verdict.HEALTHY, outcome.report.reason

    look()
    return lambda: _took(look, _MANY) * _A_MILLISECOND


def _world(found: Recording, url: str) -> World:
    """The product's Exchange over HTTPS, and records in memory: storage has a row of its own."""
    sessions = Sessions()
    registration = Registration(str(UUID(int=1)), ClientSecret(Secret("any")), url)
    exchange = ExchangeOnline(Transport(url, sessions), Tokens(registration, url, sessions), _now, uuid4)
    world = replace(new_world(exchange), clock=_now, new_id=uuid4)
    world.tenants.add(found.tenant)
    return world


def _now() -> datetime:
    return datetime.now(UTC)


def _posts(found: Recording, url: str) -> Callable[[], float]:
    session, question = requests.Session(), found.question

    def post() -> None:
        answer = session.post(url + question.path, data=question.body, headers=dict(question.headers), timeout=30)
        assert len(json.loads(answer.content)["responses"]) == len(READS)

    post()
    return lambda: _took(post, _MANY) * _A_MILLISECOND


def _took(work: Callable[[], object], times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times
