"""Every address of the dialect (wire/oneuptime.md 4)."""

from callcenter.api.routing import Handler, Operation, Route, Routes

from . import documented, reads, writes
from .columns import Table, Verb
from .tables import TABLES


def _routes(table: Table) -> list[Route]:
    """The routes of one resource; those that write as well where nobody may, to say so."""

    def on(methods: str, handler: Handler, verb: Verb, alias: str = "") -> dict[str, Operation]:
        name = handler.__name__
        return {
            method: Operation(handler, verb, documented.docs(table, name, method, alias))
            for method in methods.split()
        }

    slug = table.slug
    one = f"{slug}/{{id}}"
    update = on("PUT", writes.update, Verb.UPDATE)
    delete = on("DELETE", writes.delete, Verb.DELETE)
    return [
        Route(f"{slug}/get-list", on("POST GET", reads.get_list, Verb.READ)),
        Route(f"{slug}/count", on("POST", reads.count, Verb.READ)),
        Route(slug, on("POST", writes.create, Verb.CREATE)),
        Route(f"{one}/get-item", on("POST GET", reads.get_item, Verb.READ)),
        Route(f"{one}/update-item", on("POST GET", writes.update, Verb.UPDATE, "update_item")),
        Route(f"{one}/delete-item", on("POST GET", writes.delete, Verb.DELETE, "delete_item")),
        Route(one, update | delete),
    ]


ROUTES = Routes([route for table in TABLES for route in _routes(table)])
