import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0006_drafts_know_their_writer'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='reason',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reason',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reason',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='reason',
            name='search_words',
            field=models.CharField(blank=True, db_default='', default='', help_text='What callers say instead of the name, with blanks between: lock keys fob.', max_length=300, verbose_name='search words'),
        ),
        migrations.AddField(
            model_name='reasonauditevent',
            name='search_words',
            field=models.CharField(blank=True, db_default='', default='', help_text='What callers say instead of the name, with blanks between: lock keys fob.', max_length=300, verbose_name='search words'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reason',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_reasonauditevent" ("external_id", "family", "id", "is_emergency", "is_enabled", "mnemonic", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "script", "search_words", "source") SELECT new_values."external_id", new_values."family", new_values."id", new_values."is_emergency", new_values."is_enabled", new_values."mnemonic", new_values."name", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."script", new_values."search_words", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ab7c3f06dba3e9798cc9425732b42ff7af48d843', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0654c', referencing='REFERENCING NEW TABLE AS new_values ', table='calls_reason', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reason',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_reasonauditevent" ("external_id", "family", "id", "is_emergency", "is_enabled", "mnemonic", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "script", "search_words", "source") SELECT new_values."external_id", new_values."family", new_values."id", new_values."is_emergency", new_values."is_enabled", new_values."mnemonic", new_values."name", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."script", new_values."search_words", new_values."source" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='76394804bf5884c14c3bd3e2942e3f23e17ec663', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d247e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='calls_reason', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reason',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_reasonauditevent" ("external_id", "family", "id", "is_emergency", "is_enabled", "mnemonic", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "script", "search_words", "source") SELECT old_values."external_id", old_values."family", old_values."id", old_values."is_emergency", old_values."is_enabled", old_values."mnemonic", old_values."name", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."script", old_values."search_words", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ac42956018c642355343115bfd67dda996e19aae', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b4ddf', referencing='REFERENCING OLD TABLE AS old_values ', table='calls_reason', when='AFTER')),
        ),
    ]
