"""Django's admin in a real browser under the strict policy (B-23)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from tests.browser.conftest import shoot
from tests.worlds import World, make_world

pytestmark = pytest.mark.browser


@pytest.fixture
def world(committed_db: str) -> World:
    return make_world("ours5b1c")


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser says on its console, and errors of scripts."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_b23_the_admin_works_under_the_policy_without_a_complaint(
    world: World,
    site: str,
    page: Page,
    complaints: list[str],
    sign_in: Callable[[Page, Membership], None],
) -> None:
    sign_in(page, world.owner)
    for name in ("index", "calls_calllog_changelist", "properties_resident_changelist"):
        page.goto(site + reverse(f"admin:{name}"))
        expect(page.locator("#content")).to_be_visible()
    page.goto(site + reverse("admin:accounts_apicredential_add"))
    expect(page.get_by_role("button", name="Issue")).to_be_visible()
    shoot(page, "admin-issue")
    page.goto(site + reverse("admin:properties_resident_add"))
    page.locator("#id_property + .select2").click()
    page.locator(".select2-search__field").fill("ours")
    page.locator(".select2-results__option", has_text="ours5b1c").first.click()
    page.locator("#id_last_name").fill("Ruiz")
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(site + reverse("admin:calls_calllog_change", args=[world.pk("CallLog")]))
    expect(page.locator("#comments-group")).to_be_visible()
    assert complaints == []


def test_b23_a_day_that_differs_is_added_by_hand(
    world: World,
    site: str,
    page: Page,
    complaints: list[str],
    sign_in: Callable[[Page, Membership], None],
) -> None:
    schedule = world.rows["Schedule"]
    sign_in(page, world.owner)
    page.goto(site + reverse("admin:escalations_schedule_change", args=[schedule.pk]))
    page.locator("#overrides-group .add-row a").click()
    for name, value in (
        *(("starts_on", "2026-12-24"), ("starts_at", "18:00:00")),
        *(("ends_on", "2026-12-25"), ("ends_at", "06:00:00")),
    ):
        page.locator(f"#id_overrides-1-{name}").fill(value)
    page.locator("#id_overrides-1-responder").select_option(index=1)
    shoot(page, "admin-schedule")
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert list(schedule.overrides.order_by("pk").values_list("starts_on", "responder")) == [
        (date(2026, 11, 1), None),
        (date(2026, 12, 24), world.pk("Responder")),
    ]
    page.goto(site + reverse("admin:escalations_escalationitem_changelist"))
    expect(page.locator("#changelist-filter")).to_be_visible()
    assert complaints == []
