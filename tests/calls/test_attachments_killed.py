"""A process that dies while it attaches a file leaves no half thing (B-47, F-rows)."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from callcenter.accounts.models import Role
from callcenter.calls import attaching
from callcenter.calls.models import Attachment, Comment
from tests.calls.files import picture, upload
from tests.conftest import ROOT, environment_of
from tests.factories import make_call_log, make_membership, make_organization, principal_again

# Attaches a picture to the call and is killed where the function of this name would begin.
KILLED = """
import os, signal, sys
import django
django.setup()
from callcenter.calls import attaching
from callcenter.properties.access import principal_for
from tests.calls.files import picture, upload
where, user, organization, call = sys.argv[1], *map(int, sys.argv[2:])
setattr(attaching, where, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
actor = principal_for(user_id=user, organization_id=organization, request_id="killed")
file = attaching.receive(upload("ceiling.jpg", picture()))
attaching.attach_files(call_log_id=call, files=[file], actor=actor)
"""


@pytest.mark.parametrize(("where", "stands"), [("bump", False), ("settle", True)])
def test_b47_a_kill_leaves_the_file_with_its_row_and_history_or_nothing(
    where: str, committed_db: str, tmp_path: Path, settings: Settings, *, stands: bool
) -> None:
    settings.ATTACHMENT_DIRECTORY = tmp_path / "attachments"
    membership = make_membership(make_organization(), Role.OWNER)
    log = make_call_log(membership.organization)
    ids = [str(pk) for pk in (membership.user_id, membership.organization_id, log.pk)]
    environment = environment_of(committed_db) | {
        "ATTACHMENT_DIRECTORY": str(settings.ATTACHMENT_DIRECTORY),
        "DJANGO_SETTINGS_MODULE": "callcenter.settings",
    }
    killed = subprocess.run(  # noqa: S603 (ours)
        [sys.executable, "-c", KILLED, where, *ids], env=environment, cwd=ROOT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    log.refresh_from_db()
    there = (Attachment.objects.count(), Comment.objects.count(), log.version)
    assert there == ((1, 1, 2) if stands else (0, 0, 1))
    incoming = tmp_path / "attachments" / "incoming"
    assert len(list(incoming.iterdir())) == 2
    assert attaching.sweep(patience=-60) == ((2, 0) if stands else (0, 2))
    if stands:
        with attaching.opened(Attachment.objects.get().stored_as) as file:
            assert file.read() == picture()
        return
    again = attaching.receive(upload("ceiling.jpg", picture()))
    actor = principal_again(membership)
    attaching.attach_files(call_log_id=log.pk, files=[again], actor=actor)
    assert Attachment.objects.count() == 1
