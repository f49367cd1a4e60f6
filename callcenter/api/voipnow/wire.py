"""What the dialect tells (wire/voipnow.md 2 to 8). What has no value is left out, never null."""

from typing import Annotated

from msgspec import Meta, Struct


class Token(Struct):
    """A token, for the header `Authorization: Bearer <token>`."""

    access_token: Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]{43,}$")]
    token_type: Annotated[str, Meta(description="Always `Bearer`.")]
    expires_in: Annotated[int, Meta(ge=0, le=3600, description="Seconds.")]


class TokenError(Struct):
    """Why there is no token (RFC 6749 5.2)."""

    error: Annotated[str, Meta(description="A word of OAuth.")]
    error_description: Annotated[str, Meta(description="The same for people.")]
