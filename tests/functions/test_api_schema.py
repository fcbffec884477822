"""The API does what its OpenAPI document says: whatever the document allows, and much that it forbids."""

import copy
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from functions.api import api as application
from functions.api import description
from shared.domain.messages import Parked, Queue, encode
from shared.domain.proof import Proof
from shared.domain.tenants import Stage
from tests.fakes import CANARY, NOW, TENANT_ID, new_message
from tests.functions.calling import ADMIN, Api
from tests.on_twin import on_twin

Call = schemathesis.Case[Any]


def narrowed() -> dict[str, Any]:
    """The document, with ids that are there beside one that is not: chance would find none."""
    document = copy.deepcopy(description())
    known = {"tenant_id": [str(TENANT_ID), str(UUID(int=7))], "parked_id": ["p1", "p2"]}
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in known:
                    parameter["schema"]["enum"] = known[parameter["name"]]
    return document


schema = schemathesis.openapi.from_dict(narrowed())
schema.app = application


@pytest.fixture
def _api(monkeypatch: pytest.MonkeyPatch) -> None:
    on = on_twin()
    Api(on.world).install(monkeypatch)
    on.keep(Stage.ACTIVE)
    on.world.proofs.put(TENANT_ID, Proof(1, NOW, ({"kind": "TransportRule", "Words": [CANARY]},)))
    on.world.journal.park(Parked("p1", Queue.VERIFY, "throttled: x", encode(new_message()).decode(), NOW))


@pytest.mark.usefixtures("_api")
@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    # One tenant for all examples of a route is meant: each finds it as the one before left it.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_answer_is_one_that_the_document_names(case: Call) -> None:
    response = case.call_and_validate(
        headers={"Authorization": f"Bearer {ADMIN}"},
        checks=[
            schemathesis.checks.not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            response_headers_conformance,
            negative_data_rejection,
            allow_header_conformance,
            unsupported_method,
            ignored_auth,
        ],
    )
    assert CANARY not in response.text
