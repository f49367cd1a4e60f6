"""Extensions: entered, assigned; calls withdrawn."""

import pytest

from callcenter.accounts.models import Membership
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.telephony.extensions import ExtensionFields, add_extension, assign_extension
from callcenter.telephony.models import Extension, PhoneCall, PhoneCallParty
from callcenter.telephony.withdrawing import withdraw_phone_call
from tests.factories import make_property

from .conftest import Desk, make_desk


def test_whoever_gets_an_extension_sees_its_old_calls(desk: Desk) -> None:
    call = desk.tell("dial-in", "0003*211")
    seen = PhoneCall.objects.visible_to(desk.priya).filter(pk=call.pk)
    assert not seen.exists()
    new = Extension.objects.get(number="0003*211")
    fields: ExtensionFields = {
        "user_id": desk.priya.user_id,
        "property_id": desk.maple.pk,
        "own_line": "(305) 555-0142",
    }
    changed = assign_extension(extension_id=new.pk, fields=fields, actor=desk.owner)
    assert (changed.own_line, changed.property) == ("+13055550142", desk.maple)
    assert seen.exists()
    assign_extension(extension_id=new.pk, fields={"user_id": None}, actor=desk.owner)
    assert not seen.exists()
    new.refresh_from_db()
    assert (new.user, new.own_line) == (None, "+13055550142")  # what was not said stays


def test_an_extension_is_entered_once(desk: Desk) -> None:
    new = add_extension(number=" 0003*215 ", fields={}, actor=desk.owner)
    assert (new.number, new.user) == ("0003*215", None)
    for number in ("0003*215", "", "two", "1*2*3", "0" * 60):
        with pytest.raises(RuleError) as refused:
            add_extension(number=number, fields={}, actor=desk.owner)
        assert refused.value.field == "number"


def test_b03_nobody_and_nothing_of_others_is_assigned(desk: Desk) -> None:
    other = make_desk()
    cases: list[tuple[str, ExtensionFields]] = [
        ("user", {"user_id": other.priya.user_id}),
        ("property", {"property_id": make_property(other.organization).pk}),
        ("own_line", {"own_line": "0003*211"}),
        ("own_line", {"own_line": "305 555 0142 / 305 555 0143"}),
    ]
    for field, fields in cases:
        with pytest.raises(RuleError) as refused:
            assign_extension(extension_id=desk.mine.pk, fields=fields, actor=desk.owner)
        assert refused.value.field == field
    with pytest.raises(NotFoundError):
        assign_extension(extension_id=other.mine.pk, fields={}, actor=desk.owner)


def test_who_left_gets_no_extension(desk: Desk) -> None:
    Membership.objects.filter(user=desk.priya.user_id).update(is_active=False)
    with pytest.raises(RuleError):
        assign_extension(
            extension_id=desk.mine.pk, fields={"user_id": desk.priya.user_id}, actor=desk.owner
        )


def test_members_assign_and_withdraw_nothing(desk: Desk) -> None:
    call = desk.tell("dial-in")
    with pytest.raises(NotAllowedError):
        assign_extension(extension_id=desk.mine.pk, fields={}, actor=desk.priya)
    with pytest.raises(NotAllowedError):
        add_extension(number="215", fields={}, actor=desk.priya)
    with pytest.raises(NotAllowedError):
        withdraw_phone_call(phone_call_id=call.pk, reason="A test", actor=desk.priya)


def test_inv31_a_withdrawn_call_is_gone_with_its_parties_and_stays_in_the_record(
    desk: Desk,
) -> None:
    call = desk.tell("dial-in")
    withdraw_phone_call(phone_call_id=call.pk, reason=" A test of the line ", actor=desk.owner)
    call.refresh_from_db()
    assert (call.withdrawn_by_id, call.withdrawn_reason) == (
        desk.owner.user_id,
        "A test of the line",
    )
    for actor in (desk.owner, desk.priya):
        assert not PhoneCall.objects.visible_to(actor).exists()
        assert not PhoneCallParty.objects.visible_to(actor).exists()
    assert PhoneCall.objects.visible_with_withdrawn_to(desk.owner).count() == 1
    with pytest.raises(NotFoundError):
        withdraw_phone_call(phone_call_id=call.pk, reason="Again", actor=desk.owner)
    assert desk.tell("hangup").withdrawn_at == call.withdrawn_at  # and still it ends


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "a\x00b"])
def test_a_call_is_withdrawn_with_a_reason(desk: Desk, reason: str) -> None:
    call = desk.tell("dial-in")
    with pytest.raises(RuleError) as refused:
        withdraw_phone_call(phone_call_id=call.pk, reason=reason, actor=desk.owner)
    assert refused.value.field == "reason"


def test_a_strangers_call_is_absent(desk: Desk) -> None:
    call = desk.tell("dial-in")
    with pytest.raises(NotFoundError):
        withdraw_phone_call(phone_call_id=call.pk, reason="Mine", actor=make_desk().owner)
