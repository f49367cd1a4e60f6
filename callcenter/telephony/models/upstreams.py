"""Other telephone systems, which tell us of calls and are asked for them."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal

from .choices import UpstreamKind

LOST_AFTER = 4 * 3600  # seconds


class UpstreamQuerySet(models.QuerySet["Upstream"]):
    """Reads of upstreams."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, for owners and admins."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages else rows.none()

    def in_use(self) -> Self:
        """Those that nobody closed."""
        return self.filter(closed_at=None)

    def for_list(self) -> Self:
        """By name."""
        return self.order_by("name", "pk")


@tracked(exclude=["secret_hmac", "sealed_secret"])
class Upstream(models.Model):
    """A telephone system that pushes events here, is polled, or both (wire/voipnow.md 9, 11).

    Of the secret in its events' address only the keyed HMAC is kept (B-39); it was shown once.
    The secret with which we sign in there must be read again, so it is sealed with a key that is
    not in the database, for this organisation and address only (B-14, `core.sealing`).
    `time_zone` is the clock of times without a zone. `allowed_addresses` are networks (CIDR) that
    may send events; none means any. A call of which nothing is heard for `lost_after_seconds`
    is ended. A closed one receives nothing and is not polled.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    kind = models.CharField(
        max_length=20, choices=UpstreamKind, default=UpstreamKind.VOIPNOW, db_default="voipnow"
    )
    time_zone = models.CharField(max_length=60)
    pepper_id = models.CharField(max_length=8, blank=True, default="", editable=False)
    secret_hmac = models.BinaryField(max_length=32, null=True, editable=False)
    last_four = models.CharField(max_length=4, blank=True, default="", editable=False)
    allowed_addresses = ArrayField(models.CharField(max_length=50), blank=True, default=list)
    base_url = models.CharField(max_length=300, blank=True, default="")
    client_id = models.CharField(max_length=200, blank=True, default="")
    sealed_secret = models.BinaryField(null=True, editable=False)
    polls = models.BooleanField(default=False)
    lost_after_seconds = models.PositiveIntegerField(default=LOST_AFTER, db_default=LOST_AFTER)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UpstreamQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="upstream_of_organization"),
            UniqueConstraint(
                fields=["organization", "name"],
                name="upstream_name_once",
                condition=Q(closed_at=None),
            ),
            UniqueConstraint(fields=["pepper_id", "secret_hmac"], name="upstream_secret_once"),
            models.CheckConstraint(name="upstream_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="upstream_kind_known", condition=Q(kind__in=UpstreamKind.values)
            ),
            models.CheckConstraint(
                name="upstream_polls_with_a_key",
                condition=Q(polls=False)
                | ~(Q(base_url="") | Q(client_id="")) & Q(sealed_secret__isnull=False),
            ),
            models.CheckConstraint(
                name="upstream_lost_after_a_while",
                condition=Q(lost_after_seconds__gte=60, lost_after_seconds__lte=7 * 86_400),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What stands as the source of its calls; stays when it is renamed."""
        return f"{self.kind}-{self.pk}"


class UpstreamPoll(models.Model):
    """How polling an upstream stands: who polls, how far it came, whether it is paused.

    One row an upstream. Whoever raises `attempt` holds the lease until `leased_until`; a poller
    whose attempt is no more the row's writes nothing. After `failures` in a row it is left alone
    until `paused_until`; a refused key (`stopped_at`) waits for a person. `history_until` is up
    to when, on the upstream's clock of saving, the history is here. The token is sealed.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    upstream = models.OneToOneField(
        Upstream, models.PROTECT, related_name="poll", db_constraint=False
    )
    attempt = models.PositiveIntegerField(default=0, db_default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(db_default=Now())
    live_at = models.DateTimeField(null=True, blank=True)
    history_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, db_default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    sealed_token = models.BinaryField(null=True, editable=False)
    token_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upstreampoll_token_has_an_end",
                condition=Q(sealed_token=None, token_until=None)
                | Q(sealed_token__isnull=False, token_until__isnull=False),
            ),
        ]
        indexes = [
            # what beat asks for, every few seconds
            models.Index(F("due_at"), name="upstreampoll_due", condition=Q(stopped_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.upstream_id}: {self.error or 'well'}"
