"""Drafts under real commits: a save that is under way while its words are saved."""

import threading
import uuid

from django.db import connection

from callcenter.calls.drafts import Kept, Opened, forget_draft, save_draft
from callcenter.calls.models import Draft
from callcenter.core.transactions import write_transaction
from tests.factories import make_organization, make_principal


def test_a_save_under_way_while_the_words_are_saved_brings_nothing_back(
    committed_db: str,
) -> None:
    kim = make_principal(make_organization())
    opened = Opened(str(uuid.uuid4()), 0)
    late: list[Kept] = []

    def straggle() -> None:
        entries = [["notes", "Wat"]]
        kept = save_draft(key="new", opened=opened, seq=1, entries=entries, actor=kim)
        late.append(kept)
        connection.close()

    with write_transaction(kim):
        forget_draft(key="new", opened=opened, actor=kim)
        thread = threading.Thread(target=straggle)
        thread.start()
        wait_for_a_lock()
    thread.join(10)
    assert late[0].is_over
    assert not Draft.objects.visible_to(kim).unsaved().exists()


def wait_for_a_lock() -> None:
    """Return when another connection waits for what this transaction holds."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")
