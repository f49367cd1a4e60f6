"""All tables of the dialect: the four resources, and what only relations lead to."""

from .columns import Column, Kind, Table
from .parts import PROJECT, SCHEDULE, USER, kept
from .plan_tables import POLICIES, RULES
from .ring_tables import ITEMS, LOGS

TABLES = (ITEMS, LOGS, POLICIES, RULES)
BY_TITLE = {
    table.title: table
    for table in (
        *TABLES,
        Table(
            PROJECT,
            (
                Column("_id", Kind.KEY, "uuid", "Id of the organisation.", through=True),
                Column("createdAt", Kind.DATE, "created_at", through=True),
                Column("updatedAt", Kind.DATE, "created_at", through=True),
                Column("deletedAt", Kind.DATE, "", through=True),
                Column("version", Kind.NUMBER, "", default=1, through=True),
                Column("name", Kind.TEXT, "name", "Its name.", through=True),
            ),
        ),
        Table(
            USER,
            (
                *kept(),
                Column("name", Kind.NAME, "name", "Who it is.", through=True),
                Column("email", Kind.EMAIL, "email", "The address; may be empty.", through=True),
            ),
        ),
        Table(SCHEDULE, kept()),
        Table("Label", (Column("_id", Kind.KEY, "id", through=True),)),
        Table("Project Call SMS Config", (Column("_id", Kind.KEY, "id", through=True),)),
    )
}
