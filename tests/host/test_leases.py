import asyncio
from typing import cast

import pytest
from azure.core.exceptions import ServiceRequestError

from local.host.lease import kept
from local.host.storage import NEVER, LeasedMessage, StoredQueue

MESSAGE = LeasedMessage("1", "", "r", 1, NEVER, NEVER, NEVER)


class Queue:
    """In the place of a queue: notes when a lease was renewed, and answers as it is told to, then with success."""

    name = "work"

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers, self.renewed = list(answers), 0

    def show_in(self, _message: LeasedMessage, _seconds: float) -> bool:
        self.renewed += 1
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer


def renewals(queue: Queue, lease: float, seconds: float) -> int:
    async def main() -> int:
        async with kept(cast("StoredQueue", queue), MESSAGE, lease):
            await asyncio.sleep(seconds)
        return queue.renewed

    return asyncio.run(main())


def test_a_lease_is_renewed_at_half_of_its_time_and_no_more_often() -> None:
    assert renewals(Queue(), 4, 0.1) == 0
    assert renewals(Queue(), 1, 0.75) == 1
    assert 2 <= renewals(Queue(), 0.2, 0.5) <= 4


def test_a_lost_lease_is_not_renewed_again() -> None:
    assert renewals(Queue(False), 0.02, 0.2) == 1


def test_a_renewal_that_fails_is_tried_again_before_the_lease_ends() -> None:
    queue = Queue(ServiceRequestError("no network"))
    assert renewals(queue, 0.5, 0.48) >= 2


def test_the_lease_ends_with_what_needed_it_even_if_that_fails() -> None:
    async def main() -> None:
        async with kept(cast("StoredQueue", Queue()), MESSAGE, 60):
            raise RuntimeError("as it was")

    with pytest.raises(RuntimeError, match="as it was"):
        asyncio.run(asyncio.wait_for(main(), 5))
