import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let an organisation say how many calls of one unit raise an alarm, and within how long."""

    dependencies = [
        ('accounts', '0008_working_hours'),
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
            name='alarm_calls',
            field=models.PositiveSmallIntegerField(db_default=3, default=3, help_text='So many calls of one unit about one kind of thing raise an alarm.'),
        ),
        migrations.AddField(
            model_name='organization',
            name='alarm_days',
            field=models.PositiveSmallIntegerField(db_default=14, default=14, help_text='Days within which they count.'),
        ),
        migrations.AddField(
            model_name='organizationauditevent',
            name='alarm_calls',
            field=models.PositiveSmallIntegerField(db_default=3, default=3, help_text='So many calls of one unit about one kind of thing raise an alarm.'),
        ),
        migrations.AddField(
            model_name='organizationauditevent',
            name='alarm_days',
            field=models.PositiveSmallIntegerField(db_default=14, default=14, help_text='Days within which they count.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_organizationauditevent" ("alarm_calls", "alarm_days", "created_at", "hours", "id", "members_see_unplaced", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "requires_answers", "slug", "time_zone", "uuid") SELECT new_values."alarm_calls", new_values."alarm_days", new_values."created_at", new_values."hours", new_values."id", new_values."members_see_unplaced", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."region", new_values."requires_answers", new_values."slug", new_values."time_zone", new_values."uuid" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='27bc28b94cc90bc6396d5461c7ff8dd28b55b3b3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6d17a', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_organizationauditevent" ("alarm_calls", "alarm_days", "created_at", "hours", "id", "members_see_unplaced", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "requires_answers", "slug", "time_zone", "uuid") SELECT new_values."alarm_calls", new_values."alarm_days", new_values."created_at", new_values."hours", new_values."id", new_values."members_see_unplaced", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."region", new_values."requires_answers", new_values."slug", new_values."time_zone", new_values."uuid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='46f3db1bc99f46a870f72574687989d384513806', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_df7c2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_organizationauditevent" ("alarm_calls", "alarm_days", "created_at", "hours", "id", "members_see_unplaced", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "requires_answers", "slug", "time_zone", "uuid") SELECT old_values."alarm_calls", old_values."alarm_days", old_values."created_at", old_values."hours", old_values."id", old_values."members_see_unplaced", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."region", old_values."requires_answers", old_values."slug", old_values."time_zone", old_values."uuid" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3bf9c36aa97e439b67bef2675975defb03f79551', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c7034', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_organization', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('alarm_calls__range', (2, 100)), ('alarm_days__range', (1, 92))), name='organization_alarm_makes_sense'),
        ),
    ]
