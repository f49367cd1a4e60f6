import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let an organisation ask for the required answers of decision cards."""

    dependencies = [
        ("accounts", "0006_credentials_have_a_name"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='organization',
            name='requires_answers',
            field=models.BooleanField(db_default=False, default=False, help_text='A call is saved only when the required questions of its cards are answered.'),
        ),
        migrations.AddField(
            model_name='organizationauditevent',
            name='requires_answers',
            field=models.BooleanField(db_default=False, default=False, help_text='A call is saved only when the required questions of its cards are answered.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_organizationauditevent" ("created_at", "id", "members_see_unplaced", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "requires_answers", "slug", "time_zone", "uuid") SELECT new_values."created_at", new_values."id", new_values."members_see_unplaced", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."region", new_values."requires_answers", new_values."slug", new_values."time_zone", new_values."uuid" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ee6973be8991bc661a18bd6470117bd088b4487d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6d17a', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_organizationauditevent" ("created_at", "id", "members_see_unplaced", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "requires_answers", "slug", "time_zone", "uuid") SELECT new_values."created_at", new_values."id", new_values."members_see_unplaced", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."region", new_values."requires_answers", new_values."slug", new_values."time_zone", new_values."uuid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e2ef73fb156c90edc61282b545e3d93f92315161', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_df7c2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_organizationauditevent" ("created_at", "id", "members_see_unplaced", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "requires_answers", "slug", "time_zone", "uuid") SELECT old_values."created_at", old_values."id", old_values."members_see_unplaced", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."region", old_values."requires_answers", old_values."slug", old_values."time_zone", old_values."uuid" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='272d25f6212b5a581f48b092f70198c08b424c45', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c7034', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_organization', when='AFTER')),
        ),
    ]
