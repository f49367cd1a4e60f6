from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

ORGANIZATION = ("organization_id", "id")


class Migration(migrations.Migration):
    """Tie runs, lines and known rows to the organisation of their source."""

    dependencies = [("imports", "0001_initial")]
    operations = [
        composite_key(
            "imports_importrun", ("organization_id", "source_id"),
            "imports_importsource", ORGANIZATION,
        ),
        composite_key(
            "imports_importline", ("organization_id", "run_id"), "imports_importrun", ORGANIZATION
        ),
        composite_key(
            "imports_sourcerow", ("organization_id", "source_id"),
            "imports_importsource", ORGANIZATION,
        ),
        without_rights("imports_importsourceauditevent"),
        refuse("imports_importsourceauditevent", "UPDATE", "DELETE", "TRUNCATE"),
    ]
