"""What PostgreSQL refuses about saved views, settings of lists and the record of exports."""

import pytest
from django.db import Error, connection, transaction

from callcenter.accounts.models import Organization, User
from callcenter.calls.models import ExportRecord, ListSettings, SavedView
from tests.factories import make_organization, make_user
from tests.refusals import refused


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def person(db: None) -> User:
    return make_user()


def test_a_view_has_a_name_once_for_each_person(organization: Organization, person: User) -> None:
    SavedView.objects.create(organization=organization, owner=person, name="Leaks")
    SavedView.objects.create(organization=organization, owner=make_user(), name="Leaks")
    with refused(by="savedview_name_once"):
        SavedView.objects.create(organization=organization, owner=person, name="Leaks")
    with refused(by="savedview_has_name"):
        SavedView.objects.create(organization=organization, owner=person, name="")


def test_a_person_likes_the_list_in_one_way(organization: Organization, person: User) -> None:
    ListSettings.objects.create(organization=organization, user=person)
    with refused(by="listsettings_once"):
        ListSettings.objects.create(organization=organization, user=person)


def test_an_export_ends_once_and_says_then_how_many_rows(organization: Organization) -> None:
    began = ExportRecord.objects.create(organization=organization, user_name="Kim")
    end = {"organization": organization, "user_name": "Kim", "began": began}
    with refused(by="exportrecord_rows_at_its_end"):
        ExportRecord.objects.create(**end)
    with refused(by="exportrecord_rows_at_its_end"):
        ExportRecord.objects.create(organization=organization, user_name="Kim", rows=1)
    ExportRecord.objects.create(**end, rows=3, counted=3)
    with refused(by="exportrecord_ends_once"):
        ExportRecord.objects.create(**end, rows=3, counted=3)


@pytest.mark.parametrize(
    "change", ["UPDATE calls_exportrecord SET rows = 0", "DELETE FROM calls_exportrecord"]
)
def test_the_record_of_exports_only_grows(organization: Organization, change: str) -> None:
    ExportRecord.objects.create(organization=organization, user_name="Kim")
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert ExportRecord.objects.get().rows is None
