"""The refusals as documents tell of them (wire/oneuptime.md 6): one row for each kind."""

from callcenter.api.describing import Problem

from . import refusals as said

NO_KEY, BAD_KEY, NO_RIGHT, BAD_BODY, ABSENT, NOT_FOUND = 1, 2, 3, 4, 5, 6
REUSED, TOO_LARGE, TOO_OFTEN, UNFORESEEN, AWAY = 7, 8, 9, 10, 11
PROBLEMS = (
    Problem(BAD_BODY, "A part of the request cannot be", 400, "The sentence says which."),
    Problem(BAD_KEY, "The key is not good", 400, said.BAD_SECRET),
    Problem(
        NO_KEY,
        "There is no key",
        401,
        "Authenticated user or a valid API key is needed to read record of Incoming Call Log Item.",
    ),
    Problem(NOT_FOUND, "No such address", 404, "Page not found - /api/..."),
    Problem(REUSED, "The key of idempotency belongs to another request", 409, said.REUSED),
    Problem(TOO_LARGE, "The body is too large", 413, said.TOO_LARGE),
    Problem(
        NO_RIGHT,
        "A right is lacking",
        422,
        "You do not have permissions to read Incoming Call Log Item. You need one of these"
        " permissions: ...",
    ),
    Problem(
        ABSENT,
        "The row that is to change is not there",
        422,
        "Unable to update this incoming call log item. It either does not exist, has been deleted,"
        " or you do not have permission to update it.",
    ),
    Problem(TOO_OFTEN, "Too many requests", 429, said.TOO_OFTEN),
    Problem(UNFORESEEN, "Something failed", 500, said.UNFORESEEN),
    Problem(AWAY, "The database is away", 503, said.AWAY),
)
ALWAYS = (NO_KEY, BAD_KEY, NO_RIGHT, BAD_BODY, TOO_LARGE, TOO_OFTEN, UNFORESEEN, AWAY)
