import pytest

from callcenter.imports.models import ImportLine, SourceKind
from callcenter.properties.models import Resident, ResidentPhone, Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_organization,
    make_principal,
    make_property,
    make_resident,
    make_unit,
)

from .conftest import counts, imported

pytestmark = pytest.mark.django_db
HEADER = "Property,Unit number,First name,Last name,Cell,Email,Resident ID"


@pytest.fixture
def admin() -> Principal:
    organization = make_organization()
    make_property(organization, name="Maple Court")
    make_property(organization, name="Alder House")
    return make_principal(organization)


def roster(admin: Principal, *rows: str) -> dict[str, int]:
    content = "\n".join((HEADER, *rows)).encode()
    run = imported(content, admin, SourceKind.ROSTER)
    assert run.state == "done", run.error
    return counts(run)


def test_a_roster_makes_units_residents_and_numbers_and_again_nothing_inv7(
    admin: Principal,
) -> None:
    row = "Maple Court,12-B,Ana,Ruiz,(212) 555-0101,ana@example.com,R-1"
    assert roster(admin, row) == {"lines_read": 1, "created": 1}
    ana = Resident.objects.get()
    assert (ana.full_name, ana.email, str(ana.unit)) == ("Ana Ruiz", "ana@example.com", "12-B")
    assert (ana.search_name, ana.external_id) == ("ana ruiz", "R-1")
    phone = ResidentPhone.objects.get()
    assert (phone.label, phone.e164) == ("cell", "+12125550101")
    assert phone.digits_reversed == "1010555212"
    assert roster(admin, row) == {"lines_read": 1, "unchanged": 1}


def test_a_blank_cell_changes_nothing_and_a_filled_one_does(admin: Principal) -> None:
    roster(admin, "Maple Court,1,Ana,Ruiz,2125550101,ana@example.com,R-1")
    changed = roster(admin, "Maple Court,#1,Ana,Ruiz-Lee,,,R-1")
    assert changed == {"lines_read": 1, "updated": 1}
    ana = Resident.objects.get()
    assert (ana.last_name, ana.email) == ("Ruiz-Lee", "ana@example.com")
    assert ana.search_name == "ana ruiz-lee"
    assert ResidentPhone.objects.filter(valid_to=None).count() == 1
    assert Unit.objects.count() == 1


def test_what_an_agent_changed_is_kept_and_flagged_inv10(admin: Principal) -> None:
    roster(admin, "Maple Court,1,Ana,Ruiz,2125550101,ana@example.com,R-1")
    Resident.objects.update(email="agent@example.com")
    roster(admin, "Maple Court,1,Ana,Ruiz,2125550101,new@example.com,R-1")
    assert Resident.objects.get().email == "agent@example.com"
    assert ImportLine.objects.latest("pk").kept_fields == ["email"]


def test_a_new_number_ends_the_old_one_unless_an_agent_replaced_it(admin: Principal) -> None:
    roster(admin, "Maple Court,1,Ana,Ruiz,2125550101,,R-1")
    roster(admin, "Maple Court,1,Ana,Ruiz,2125550102,,R-1")
    active = ResidentPhone.objects.filter(valid_to=None)
    assert [phone.raw for phone in active] == ["2125550102"]
    active.update(raw="2125550150", e164="+12125550150")
    roster(admin, "Maple Court,1,Ana,Ruiz,2125550103,,R-1")
    assert [phone.raw for phone in ResidentPhone.objects.filter(valid_to=None)] == ["2125550150"]
    assert ImportLine.objects.latest("pk").kept_fields == ["phone cell"]


def test_a_resident_who_is_here_already_is_not_made_twice(admin: Principal) -> None:
    home = make_property(admin.organization, name="Tilden Park")
    make_resident(make_unit(home, number="0101"), first_name="Ana", last_name="Ruiz")
    assert roster(admin, "Tilden Park,0101,ANA,RUIZ,,ana@example.com,")["updated"] == 1
    ana = Resident.objects.get()
    assert (ana.first_name, ana.email) == ("Ana", "ana@example.com")


def test_an_import_moves_nobody_to_another_property(admin: Principal) -> None:
    roster(admin, "Maple Court,1,Ana,Ruiz,,,R-1")
    assert roster(admin, "Alder House,1,Ana,Ruiz,,,R-1") == {"lines_read": 1, "rejected": 1}
    assert "moves nobody" in ImportLine.objects.latest("pk").reason


def test_rows_about_one_person_are_read_as_one_inv7(admin: Principal) -> None:
    found = roster(
        admin, "Maple Court,1,Ana,Ruiz,2125550101,,R-1", "Maple Court,1,Ana,Ruiz,,a@example.com,R-1"
    )
    assert found == {"lines_read": 2, "created": 1, "duplicate": 1}
    assert Resident.objects.get().email == "a@example.com"
    assert ResidentPhone.objects.count() == 1
