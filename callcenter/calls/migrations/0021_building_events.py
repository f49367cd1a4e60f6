import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import composite_key, refuse, without_rights

ORGANIZATION = ("organization_id", "id")
EVENT, LINE, CALL = "calls_buildingevent", "calls_eventline", "calls_eventcall"


class Migration(migrations.Migration):
    """Keep what happens to a building, what is read to callers of it, and the calls that joined."""

    dependencies = [
        ('accounts', '0009_alarms_of_units'),
        ('calls', '0020_open_matters_of_units'),
        ('properties', '0004_sets_stay_within_their_organization'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BuildingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('opened_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('closed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closing_status', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.status')),
                ('opened_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('property', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='properties.property')),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.reason')),
            ],
        ),
        migrations.CreateModel(
            name='BuildingEventAuditevent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('opened_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('closing_status', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='calls.status')),
                ('opened_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organization')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit_events', to='calls.buildingevent')),
                ('property', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='properties.property')),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='calls.reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EventCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('refusal', models.CharField(blank=True, default='', max_length=300)),
                ('call_log', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='in_event', to='calls.calllog')),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='calls.buildingevent')),
                ('joined_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='EventLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300)),
                ('author_name', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='calls.buildingevent')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.AddIndex(
            model_name='buildingevent',
            index=models.Index(fields=['organization', 'opened_at', 'id'], name='buildingevent_list'),
        ),
        migrations.AddIndex(
            model_name='buildingevent',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['property'], name='buildingevent_open'),
        ),
        migrations.AddConstraint(
            model_name='buildingevent',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='buildingevent_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='buildingevent',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='buildingevent_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='buildingevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closing_status', None), ('outcome', '')), models.Q(('closed_at__isnull', False), ('closing_status__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='buildingevent_closes_with_an_outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='buildingevent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_buildingeventauditevent" ("closed_at", "closed_by_id", "closing_status_id", "id", "opened_at", "opened_by_id", "opened_by_name", "organization_id", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_id", "reason_id", "title") SELECT new_values."closed_at", new_values."closed_by_id", new_values."closing_status_id", new_values."id", new_values."opened_at", new_values."opened_by_id", new_values."opened_by_name", new_values."organization_id", new_values."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."property_id", new_values."reason_id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b0b004b9fbe455e7aca6c0663609cdd119dcbffe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_815ce', referencing='REFERENCING NEW TABLE AS new_values ', table='calls_buildingevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='buildingevent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_buildingeventauditevent" ("closed_at", "closed_by_id", "closing_status_id", "id", "opened_at", "opened_by_id", "opened_by_name", "organization_id", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_id", "reason_id", "title") SELECT new_values."closed_at", new_values."closed_by_id", new_values."closing_status_id", new_values."id", new_values."opened_at", new_values."opened_by_id", new_values."opened_by_name", new_values."organization_id", new_values."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."property_id", new_values."reason_id", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7520170781dcf70a303a2b74fb74a7aedbb44df8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_35665', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='calls_buildingevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='buildingevent',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_buildingeventauditevent" ("closed_at", "closed_by_id", "closing_status_id", "id", "opened_at", "opened_by_id", "opened_by_name", "organization_id", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_id", "reason_id", "title") SELECT old_values."closed_at", old_values."closed_by_id", old_values."closing_status_id", old_values."id", old_values."opened_at", old_values."opened_by_id", old_values."opened_by_name", old_values."organization_id", old_values."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."property_id", old_values."reason_id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='65a2143e63a73ddb5784c69f5a8d921f80a2c3e0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1a5b2', referencing='REFERENCING OLD TABLE AS old_values ', table='calls_buildingevent', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='eventcall',
            constraint=models.CheckConstraint(condition=models.Q(('refusal', ''), ('settled_at__isnull', False), _connector='OR'), name='eventcall_refused_when_settled'),
        ),
        migrations.AddConstraint(
            model_name='eventline',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='eventline_says_something'),
        ),
        composite_key(EVENT, ("organization_id", "property_id"), "properties_property", ORGANIZATION),
        composite_key(EVENT, ("organization_id", "reason_id"), "calls_reason", ORGANIZATION),
        composite_key(EVENT, ("organization_id", "closing_status_id"), "calls_status", ORGANIZATION),
        composite_key(LINE, ("organization_id", "event_id"), EVENT, ORGANIZATION),
        composite_key(CALL, ("organization_id", "event_id"), EVENT, ORGANIZATION),
        composite_key(CALL, ("organization_id", "call_log_id"), "calls_calllog", ORGANIZATION),
        refuse(LINE, "UPDATE", "DELETE", "TRUNCATE"),
        without_rights(LINE),
        refuse(CALL, "DELETE", "TRUNCATE"),
        without_rights(CALL, "DELETE, TRUNCATE"),
        without_rights("calls_buildingeventauditevent"),
    ]
