import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Texts that a word stands for, and which reasons are offered where."""

    dependencies = [
        ('accounts', '0007_cards_can_be_required'),
        ("calls", "0021_building_events"),
        ('properties', '0005_names_as_they_sound'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReasonSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('direction', models.CharField(blank=True, choices=[('inbound', 'Inbound'), ('outbound', 'Outbound')], default='', help_text='Both when empty.', max_length=8)),
                ('is_enabled', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('properties', models.ManyToManyField(blank=True, help_text='Every property when empty.', related_name='+', to='properties.property')),
                ('reasons', models.ManyToManyField(related_name='+', to='calls.reason')),
            ],
        ),
        migrations.CreateModel(
            name='ReasonSetAuditevent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('direction', models.CharField(blank=True, choices=[('inbound', 'Inbound'), ('outbound', 'Outbound')], default='', help_text='Both when empty.', max_length=8)),
                ('is_enabled', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organization')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit_events', to='calls.reasonset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Snippet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=30)),
                ('text', models.TextField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.reason')),
            ],
        ),
        migrations.CreateModel(
            name='SnippetAuditevent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('word', models.CharField(max_length=30)),
                ('text', models.TextField()),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organization')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit_events', to='calls.snippet')),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='calls.reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='reasonset',
            constraint=models.UniqueConstraint(fields=('organization', 'name'), name='reasonset_name_once'),
        ),
        migrations.AddConstraint(
            model_name='reasonset',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['', 'inbound', 'outbound'])), name='reasonset_direction_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reasonset',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_reasonsetauditevent" ("direction", "id", "is_enabled", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."direction", new_values."id", new_values."is_enabled", new_values."name", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f9a06d291d1e2bccc90de158c81cb4f6712de7ce', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_00377', referencing='REFERENCING NEW TABLE AS new_values ', table='calls_reasonset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reasonset',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_reasonsetauditevent" ("direction", "id", "is_enabled", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."direction", new_values."id", new_values."is_enabled", new_values."name", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8aadc23dc14e947870a4a581ddce4ba87b935d8f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_07e6e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='calls_reasonset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reasonset',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_reasonsetauditevent" ("direction", "id", "is_enabled", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."direction", old_values."id", old_values."is_enabled", old_values."name", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d7d64146e06c1240eeead4580479b689320da113', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_827ee', referencing='REFERENCING OLD TABLE AS old_values ', table='calls_reasonset', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='snippet',
            constraint=models.UniqueConstraint(fields=('organization', 'owner', 'word'), name='snippet_word_once', nulls_distinct=False, violation_error_message='There is a snippet of this word already.'),
        ),
        migrations.AddConstraint(
            model_name='snippet',
            constraint=models.CheckConstraint(condition=models.Q(('word__regex', '^[a-z0-9][a-z0-9_-]*$')), name='snippet_word_form'),
        ),
        migrations.AddConstraint(
            model_name='snippet',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='snippet_has_text'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='snippet',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_snippetauditevent" ("id", "organization_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "text", "word") SELECT new_values."id", new_values."organization_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."reason_id", new_values."text", new_values."word" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b0c1346cd3908824cf180127289287e0e8dbdcea', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_24b02', referencing='REFERENCING NEW TABLE AS new_values ', table='calls_snippet', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='snippet',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_snippetauditevent" ("id", "organization_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "text", "word") SELECT new_values."id", new_values."organization_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."reason_id", new_values."text", new_values."word" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7be35398835140dfc500158a8c2753bcced304ab', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ef606', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='calls_snippet', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='snippet',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_snippetauditevent" ("id", "organization_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "text", "word") SELECT old_values."id", old_values."organization_id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."reason_id", old_values."text", old_values."word" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c98c04e4ba44aa85bda0f35944125e6986d4052f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4c335', referencing='REFERENCING OLD TABLE AS old_values ', table='calls_snippet', when='AFTER')),
        ),
    ]
