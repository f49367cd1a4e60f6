"""Tokens that credentials get for an hour."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Length, Now
from django.db.models.lookups import Exact
from django.utils import timezone

from .credentials import ApiCredential

TOKEN_LIFETIME = timedelta(hours=1)  # wire/voipnow.md 2


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Reads of tokens."""

    def over(self) -> Self:
        """Those whose time is over."""
        return self.filter(expires_at__lte=timezone.now())


class AccessToken(models.Model):
    """A token that opens what its credential opens, for at most an hour (wire/voipnow.md 2).

    Of the token only the keyed HMAC is kept, with the id of the pepper that keyed it (B-39).
    Whoever looks it up asks for the credential, too: it ends with that at once.
    """

    credential = models.ForeignKey(
        ApiCredential, models.CASCADE, related_name="tokens", db_index=False
    )
    pepper_id = models.CharField(max_length=8, editable=False)
    token_hmac = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(editable=False)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pepper_id", "token_hmac"], name="accesstoken_token_once"),
            models.CheckConstraint(
                name="accesstoken_is_hashed", condition=Exact(Length("token_hmac"), 32)
            ),
            models.CheckConstraint(
                name="accesstoken_lives_an_hour",
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + TOKEN_LIFETIME),
            ),
        ]
        indexes = [
            # forgetting those that are over
            models.Index(fields=["expires_at"], name="accesstoken_pruning"),
            # a credential that is deleted takes its tokens with it
            models.Index(fields=["credential"], name="accesstoken_of_credential"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id}: until {self.expires_at:%Y-%m-%dT%H:%M:%SZ}"
