"""What a look ahead found, as a mail to one owner or admin."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callcenter.accounts.links import absolute
from callcenter.accounts.models import User
from callcenter.core.mail import mail_is_configured, send_text
from callcenter.properties.principals import Principal

from .looking_ahead import managers_of
from .models import Finding

MOST_LINES = 40  # of each kind: the page has all of them


def mail_findings(*, check_id: int, user_id: int, actor: Principal) -> None:
    """Send what a check changed, unless the person manages nothing here any more.

    OSError or SMTPException when the server does not take it: then it is tried again later.
    """
    if not mail_is_configured() or user_id not in managers_of(actor.organization_id):
        return
    findings = Finding.objects.visible_to(actor).for_list()
    new = [finding.words() for finding in findings.filter(found_in=check_id)]
    over = [finding.words() for finding in findings.filter(gone_in=check_id)]
    send_text(to=User.objects.get(pk=user_id).email, subject=_subject(new), text=_text(new, over))


def _subject(new: list[str]) -> str:
    if not new:
        return _("Next nights: nothing new, some things are mended")
    said = ngettext("Next nights: %(n)d new finding", "Next nights: %(n)d new findings", len(new))
    return said % {"n": len(new)}


def _text(new: list[str], over: list[str]) -> str:
    parts = []
    if new:
        parts.append(_("New:") + _lines(new))
    if over:
        parts.append(_("No longer so:") + _lines(over))
    parts.append(_("All of it, and what to do:\n%(url)s") % {"url": _page()})
    return "\n\n".join(parts)


def _lines(words: list[str]) -> str:
    lines = [f"\n- {one}" for one in words[:MOST_LINES]]
    if len(words) > MOST_LINES:
        lines.append("\n" + _("and %(n)d more") % {"n": len(words) - MOST_LINES})
    return "".join(lines)


def _page() -> str:
    return absolute(reverse("escalations:health"))
