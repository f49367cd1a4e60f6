"""Requests of credentials are kept for seven days, and not longer."""

from .models import ApiRequest

BATCH = 5_000


def prune() -> int:
    """Forget the requests that are older than seven days; how many they were.

    In batches, each a statement of its own: after a long stop there may be millions of them, and
    one statement for all would run into its time limit and forget none.
    """
    total = 0
    while True:
        oldest = ApiRequest.objects.over().order_by("at").values("pk")[:BATCH]
        gone = ApiRequest.objects.filter(pk__in=oldest).delete()[0]
        total += gone
        if gone < BATCH:
            return total
