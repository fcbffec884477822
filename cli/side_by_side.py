"""Work on a few things at once, and give what came of them in their order; what is begun is about to be read."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


def side_by_side(work: Callable[[_T], _R], items: Iterable[_T], at_once: int) -> Iterator[_R]:
    """Work on items, so many at once.

    Args:
        work: What is done to each; what it raises is raised here, in its turn, and nothing more is begun.
        items: Taken one by one, in this thread.
        at_once: How many are worked on at the same time, which is also how many results are held.
    """
    left, begun = iter(items), deque[Future[_R]]()
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="keeper")
    try:
        begun.extend(pool.submit(work, item) for item in islice(left, at_once))
        while begun:
            yield begun.popleft().result()
            begun.extend(pool.submit(work, item) for item in islice(left, 1))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
