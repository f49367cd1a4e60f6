"""The page of figures of telephone calls a day."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from callcenter.calls.phone_days import PERIODS, PICTURE_HEIGHT, phone_days, picture_of
from callcenter.core.errors import NotFoundError
from callcenter.core.htmx import render_page
from callcenter.core.ids import read_id
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Property

from .phone import views_of

USUAL = 30  # days
MOST_PROPERTIES = 500  # to choose from


@require_safe
def phone_call_days(request: StaffRequest) -> HttpResponse:
    """The figures of the last days, of the organisation or of a property."""
    principal = request.principal
    chosen = request.GET.get("days", "")
    period = int(chosen) if chosen in map(str, PERIODS) else USUAL
    homes = Property.objects.visible_to(principal)
    home = None
    if named := request.GET.get("property", ""):
        home = homes.filter(pk=read_id(named) or 0).first()
        if home is None:
            raise NotFoundError(_("There is no such place."))
    days, total = phone_days(principal, days=period, home=home)
    context = {
        "days": days,
        "total": total,
        "columns": picture_of(days),
        "height": PICTURE_HEIGHT,
        "most": max(day.figures.incoming for day in days),
        "period": period,
        "periods": PERIODS,
        "home": home,
        "homes": homes.order_by("name", "pk").only("name")[:MOST_PROPERTIES],
        "views": views_of(request.GET, is_days=True),
        "zone": home.time_zone if home else principal.organization.time_zone,
        "now": timezone.now(),
    }
    return render_page(request, "calls/phone_days.html", context, partial="figures")
