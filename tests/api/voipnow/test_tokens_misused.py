"""Getting tokens by odd, repeated and parallel requests."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from callcenter.accounts.models import AccessToken
from tests.api.voipnow.test_tokens import GRANT, App, said

ODD = (
    *("%00", "a%00b", "%ED%A0%80", "%FF%FE", "%E2%80%AE", "%E2%80%8B", "%EF%BC%91", "%", "%zz"),
    *("9" * 60_000, "-1", "1e3", "null", "[]", "' OR 1=1 --"),
)


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_b20_odd_values_are_refused_in_the_form_of_oauth(odd: str) -> None:
    app = App()
    for body in (
        f"{GRANT}&client_id={odd}&client_secret={app.secret}",
        f"{GRANT}&client_id={app.id}&client_secret={odd}",
        f"grant_type={odd}&client_id={app.id}&client_secret={app.secret}",
        f"{app.form}&type={odd}",
    ):
        status, word = said(app.post(body))
        assert (status, word) in {
            (400, "invalid_request"),
            (400, "unsupported_grant_type"),
            (401, "invalid_client"),
        }, body[:90]
    assert not AccessToken.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("size", [65_537, 1_000_000])
def test_b15_a_long_body_is_refused_before_it_is_read(size: int) -> None:
    assert said(App().post("client_secret=" + "x" * size)) == (413, "invalid_request")


@pytest.mark.django_db
def test_b40_a_secret_in_the_address_opens_nothing() -> None:
    app = App()
    asked = f"{GRANT}&client_id={app.id}&client_secret={quote(app.secret)}"
    assert said(app.post("", url=f"/oauth/token?{asked}"))[0] in (400, 401)
    assert said(app.post(GRANT, url=f"/oauth/token?{asked}"))[0] in (400, 401)
    assert not AccessToken.objects.exists()


@pytest.mark.usefixtures("committed_db")
def test_many_who_ask_at_once_get_a_token_each() -> None:
    app = App()
    start = Barrier(8)

    def ask(_n: int) -> tuple[int, Any]:
        try:
            connection.ensure_connection()
            start.wait(30)
            answer = App.post(app)
            return answer.status_code, answer.json()["access_token"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, range(8)))
    assert {status for status, _token in got} == {200}
    assert len({token for _status, token in got}) == 8
    assert AccessToken.objects.filter(credential=app.credential).count() == 8
