import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Organization, Role, User
from callcenter.core.neutral import neutralised, restored
from callcenter.imports import runs
from callcenter.imports.models import ImportRun, ImportSource, SourceKind
from callcenter.outbox.models import OutboxMessage
from tests.factories import make_membership, make_organization, make_principal, make_property

from .conftest import bring, element, imported, sample, wrapped

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def signed_in(organization: Organization, role: Role, client: Client | None = None) -> Client:
    client = client or Client()
    client.force_login(make_membership(organization, role).user)
    return client


def send(client: Client, content: bytes, key: str = "k1", **fields: str) -> HttpResponse:
    form = {
        "kind": "call_logs",
        "key": key,
        "call_logs-source": "Northgate",
        "call_logs-file": SimpleUploadedFile("../../etc/calls.json", content),
    }
    response: HttpResponse = client.post(reverse("imports:list"), form | fields)  # type: ignore[assignment]
    return response


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_send_a_file_that_is_kept_privately_b16(
    organization: Organization, role: Role
) -> None:
    response = send(signed_in(organization, role), sample())
    run = ImportRun.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/imports/{run.pk}/")
    assert run.file_name == "calls.json"
    assert OutboxMessage.objects.get().arguments == {"run_id": run.pk}
    from_settings = bring(sample(), make_principal(organization))
    assert "/" not in from_settings.stored_as


def test_the_stored_file_is_0600_and_gone_when_the_run_is_over(
    organization: Organization, settings: object
) -> None:
    admin = make_principal(organization)
    run = bring(sample(), admin)
    path = settings.IMPORT_DIRECTORY / run.stored_as  # type: ignore[attr-defined]
    assert path.stat().st_mode & 0o777 == 0o600
    imported(wrapped(element(1)), admin, source="Other")
    assert [file.name for file in path.parent.iterdir()] == [run.stored_as]


def test_the_same_form_sent_twice_asks_once_b46(organization: Organization) -> None:
    client = signed_in(organization, Role.ADMIN)
    first, second = send(client, sample()), send(client, sample())
    assert first["Location"] == second["Location"]
    assert ImportRun.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_members_are_refused_everywhere(organization: Organization) -> None:
    run = imported(sample(), make_principal(organization))
    client = signed_in(organization, Role.MEMBER)
    for name in ("detail", "rejected", "errors"):
        assert client.get(reverse(f"imports:{name}", args=[run.pk])).status_code == 403
    assert client.get(reverse("imports:list")).status_code == 403
    assert send(client, sample()).status_code == 403
    assert client.post(reverse("imports:continue", args=[run.pk])).status_code == 403


def test_runs_of_another_organization_are_absent_b07(organization: Organization) -> None:
    run = imported(sample(), make_principal(make_organization()))
    client = signed_in(organization, Role.OWNER)
    for name in ("detail", "rejected", "errors"):
        assert client.get(reverse(f"imports:{name}", args=[run.pk])).status_code == 404
    assert client.post(reverse("imports:continue", args=[run.pk])).status_code == 404
    assert "calls.json" not in client.get(reverse("imports:list")).text


def test_an_empty_list_teaches(organization: Organization) -> None:
    page = signed_in(organization, Role.ADMIN).get(reverse("imports:list")).text
    assert "Nothing was taken in yet" in page


def test_a_form_without_a_file_is_refused_beside_the_field(organization: Organization) -> None:
    client = signed_in(organization, Role.ADMIN)
    form = {"kind": "roster", "key": "k", "roster-source": "Northgate"}
    response = client.post(reverse("imports:list"), form)
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert not ImportRun.objects.exists()


def test_a_file_larger_than_allowed_is_refused_and_not_kept_b15(
    organization: Organization, settings: object
) -> None:
    settings.IMPORT_MAX_BYTES = 100  # type: ignore[attr-defined]
    response = send(signed_in(organization, Role.ADMIN), sample())
    assert response.status_code == 422
    assert list(settings.IMPORT_DIRECTORY.iterdir()) == []  # type: ignore[attr-defined]


def test_what_the_sender_declares_is_saved_with_the_source(organization: Organization) -> None:
    home = make_property(organization, name="Maple Court")
    form = {
        "kind": "roster",
        "key": "k",
        "roster-source": "Northgate",
        "roster-file": SimpleUploadedFile("roster.csv", b"First name,Last name\nAna,Ruiz\n"),
        "roster-date_order": "day_first",
        "roster-home": str(home.pk),
    }
    assert (
        signed_in(organization, Role.ADMIN).post(reverse("imports:list"), form).status_code == 302
    )
    source = ImportSource.objects.get()
    assert (source.key, source.kind) == ("northgate", SourceKind.ROSTER)
    assert source.options == {"date_order": "day_first", "property": "Maple Court"}


def test_the_page_of_a_run_says_where_every_line_ended(organization: Organization) -> None:
    admin = make_principal(organization)
    run = imported(wrapped(element(1), element(1), {"LogId": "x"}), admin)
    client = signed_in(organization, Role.ADMIN)
    page = client.get(reverse("imports:detail", args=[run.pk])).text
    for name, n in {"read": 3, "created": 1, "rejected": 1, "duplicate": 1, "updated": 0}.items():
        assert f'data-count="{name}">{n}<' in page
    assert "Not an id." in page
    assert "every 1s" not in page


def test_a_run_under_way_polls_as_background_and_answers_with_the_part(
    organization: Organization, htmx: Client
) -> None:
    run = bring(sample(), make_principal(organization))
    page = signed_in(organization, Role.ADMIN).get(reverse("imports:detail", args=[run.pk])).text
    assert 'hx-trigger="every 1s"' in page
    assert "X-Background" in page
    part = signed_in(organization, Role.ADMIN, htmx).get(reverse("imports:detail", args=[run.pk]))
    assert part.text.lstrip().startswith("<div")
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_rejected_lines_are_paged_by_number_and_none_is_missed_inv15(
    organization: Organization, htmx: Client
) -> None:
    run = imported(wrapped(*({"LogId": f"x{n}"} for n in range(120))), make_principal(organization))
    client = signed_in(organization, Role.ADMIN, htmx)
    seen: list[str] = []
    address: str | None = reverse("imports:rejected", args=[run.pk])
    while address:
        text = client.get(address).text
        seen += [cell.split("</td>")[0] for cell in text.split('<td class="num muted">')[1:]]
        after = text.partition("?after=")[2].partition('"')[0]
        address = f"{reverse('imports:rejected', args=[run.pk])}?after={after}" if after else None
    assert seen == [str(n) for n in range(1, 121)]


ROSTER = b"""Property*,Unit number*,First name*,Last name*,Email
Maple Court,12-B,Ana,Ruiz,=cmd|calc
Mapel Court,1,Bo,Lee,bo@example.com
"""


def test_b17_the_error_file_computes_nothing_and_can_be_sent_again(
    organization: Organization,
) -> None:
    make_property(organization, name="Maple Court")
    run = imported(ROSTER, make_principal(organization), SourceKind.ROSTER)
    response = signed_in(organization, Role.ADMIN).get(reverse("imports:errors", args=[run.pk]))
    text = b"".join(response).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [
        "Property*", "Unit number*", "First name*", "Last name*", "Email", "Line", "Why",
    ]  # fmt: skip
    assert rows[1][4:6] == ["'=cmd|calc", "2"]
    assert rows[2][:3] == ["Mapel Court", "1", "Bo"]
    assert rows[2][6] == "No such property. Nearest: Maple Court."
    again = text.replace("'=cmd|calc", "").replace("Mapel", "Maple").encode()
    fixed = imported(again, make_principal(organization), SourceKind.ROSTER)
    assert (fixed.created, fixed.rejected) == (2, 0)


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+1 212", "-2", "@x", "\tx", "\rx", "\nx", "\x00x", " =1", "\ufeff=1"),
        *("\uff1d1", "'=1", "''"),
    ],
)
def test_c32_what_a_spreadsheet_would_compute_goes_out_quoted_and_comes_back_whole(
    cell: str,
) -> None:
    assert neutralised(cell).startswith("'")
    assert restored(neutralised(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Ana", "12-B", "O'Brien", "a=b"])
def test_what_computes_nothing_goes_out_as_it_is(cell: str) -> None:
    assert neutralised(cell) == cell
    assert restored(cell) == cell


def test_a_run_whose_requester_lost_the_right_is_parked_and_goes_on_in_another_name_b06(
    organization: Organization,
) -> None:
    admin = make_principal(organization)
    run = bring(sample(), admin)
    User.objects.get(pk=admin.user_id or 0).memberships.update(is_active=False)
    assert runs.work_on(run.pk, lambda: None) is None
    run.refresh_from_db()
    assert (run.state, run.lines_read) == ("parked", 0)
    client = signed_in(organization, Role.ADMIN)
    assert "Go on in my name" in client.get(reverse("imports:detail", args=[run.pk])).text
    key = {"key": "k"}
    assert client.post(reverse("imports:continue", args=[run.pk]), key).status_code == 302
    runs.work_on(run.pk, lambda: None)
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 1)
    again = client.post(reverse("imports:continue", args=[run.pk]), {"key": "k2"})
    assert again.status_code == 409


def test_the_list_costs_the_same_with_one_run_and_with_many_inv30(
    organization: Organization, django_assert_max_num_queries: object
) -> None:
    admin = make_principal(organization)
    client = signed_in(organization, Role.ADMIN)
    for n in range(12):
        bring(sample(), admin, source=f"Source {n}")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(reverse("imports:list"))
