"""Making the next portion of work while PostgreSQL takes the present one."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor


def one_ahead[T](items: Iterator[T]) -> Generator[T]:
    """The items, the next one made in a thread while this one is used.

    What making an item raises is raised when its turn comes. Items must not be None.
    """
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item
