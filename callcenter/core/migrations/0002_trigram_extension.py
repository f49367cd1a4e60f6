from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Names and numbers are searched by trigram (design.md 7)."""

    dependencies = [("core", "0001_grant_the_app_role")]
    operations = [TrigramExtension()]
