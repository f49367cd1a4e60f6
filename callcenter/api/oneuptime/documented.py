"""What documents say of each operation (wire/oneuptime.md 4 to 11)."""

from callcenter.api.describing import Answer, Docs
from callcenter.api.routing import Handler

from .columns import Table, Verb


def docs(table: Table, handler: Handler, verb: Verb, method: str) -> Docs:
    """The words of one method of one address."""
    return Docs(handler.__name__, table.title, Answer(method), (), str(verb))
