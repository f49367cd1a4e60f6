"""What a rule of the business can answer instead of a result."""


class RuleError(Exception):
    """The request was understood and refused; str(error) is fit to show to staff."""

    http_status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StaleError(RuleError):
    """Somebody else changed the object since the caller read it."""

    http_status = 409


class NotFoundError(RuleError):
    """The row is absent, or not for the eyes of the caller: the two look the same (B-07)."""

    http_status = 404


class NotAllowedError(RuleError):
    """The row may be seen, but this may not be done with it."""

    http_status = 403


class UnauthorizedError(RuleError):
    """Nobody is signed in, or the key is not good."""

    http_status = 401


class MethodError(RuleError):
    """The address exists, but not with this method."""

    http_status = 405


class BusyError(RuleError):
    """A twin of the request is still under way, or the database is away: try again."""

    http_status = 503
