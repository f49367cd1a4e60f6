import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Questions that a reason asks, and what callers said to them."""

    dependencies = [
        ('accounts', '0007_cards_can_be_required'),
        ("calls", "0007_search_words_of_reasons"),
        ('properties', '0004_sets_stay_within_their_organization'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CardQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('text', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('yes_no', 'Yes or no'), ('choice', 'Choice'), ('number', 'Number'), ('text', 'Short text')], default='yes_no', max_length=6)),
                ('choices', models.TextField(blank=True, default='', help_text='One a line: a letter, a blank, the words. For example “c Cannot”.')),
                ('unit', models.CharField(blank=True, default='', help_text='Of a number, such as °F.', max_length=20)),
                ('makes_emergency', models.CharField(blank=True, default='', help_text='The letters of the answers that make an emergency: y, n, u (unsure).', max_length=12)),
                ('emergency_below', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ('emergency_above', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ('is_required', models.BooleanField(default=False)),
                ('is_enabled', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='DecisionCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(blank=True, default='', help_text='What makes an emergency, in short.', max_length=200)),
                ('is_enabled', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('property', models.ForeignKey(blank=True, help_text='Only for this property, instead of the card for all; empty for all.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='properties.property')),
                ('reason', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='cards', to='calls.reason')),
            ],
        ),
        migrations.CreateModel(
            name='CardReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason_name', models.CharField(max_length=80)),
                ('rule', models.CharField(blank=True, default='', max_length=200)),
                ('rule_of', models.CharField(max_length=200)),
                ('verdict', models.CharField(choices=[('emergency', 'Emergency'), ('routine', 'Not an emergency'), ('open', 'Not decided')], max_length=9)),
                ('author_name', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call_log', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='card_replies', to='calls.calllog')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('card', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.decisioncard')),
            ],
        ),
        migrations.CreateModel(
            name='CardQuestionAuditevent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('text', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('yes_no', 'Yes or no'), ('choice', 'Choice'), ('number', 'Number'), ('text', 'Short text')], default='yes_no', max_length=6)),
                ('choices', models.TextField(blank=True, default='', help_text='One a line: a letter, a blank, the words. For example “c Cannot”.')),
                ('unit', models.CharField(blank=True, default='', help_text='Of a number, such as °F.', max_length=20)),
                ('makes_emergency', models.CharField(blank=True, default='', help_text='The letters of the answers that make an emergency: y, n, u (unsure).', max_length=12)),
                ('emergency_below', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ('emergency_above', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ('is_required', models.BooleanField(default=False)),
                ('is_enabled', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organization')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit_events', to='calls.cardquestion')),
                ('card', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='calls.decisioncard')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='cardquestion',
            name='card',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='calls.decisioncard'),
        ),
        migrations.CreateModel(
            name='DecisionCardAuditevent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('rule', models.CharField(blank=True, default='', help_text='What makes an emergency, in short.', max_length=200)),
                ('is_enabled', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organization')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit_events', to='calls.decisioncard')),
                ('property', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Only for this property, instead of the card for all; empty for all.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='properties.property')),
                ('reason', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='calls.reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CardAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_text', models.CharField(max_length=200)),
                ('answer_text', models.CharField(max_length=300, null=True)),
                ('value', models.CharField(max_length=300, null=True)),
                ('makes_emergency', models.BooleanField(default=False)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('question', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.cardquestion')),
                ('reply', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='calls.cardreply')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reply', 'question'), name='cardanswer_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer_text__isnull', False), ('erased_at', None), ('value__isnull', False)), models.Q(('answer_text', None), ('erased_at__isnull', False), ('value', None)), _connector='OR'), name='cardanswer_erased_without_words')],
            },
        ),
        migrations.AddConstraint(
            model_name='decisioncard',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='decisioncard_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='decisioncard',
            constraint=models.UniqueConstraint(fields=('reason', 'property'), name='decisioncard_once', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decisioncard',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_decisioncardauditevent" ("id", "is_enabled", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_id", "reason_id", "rule") SELECT new_values."id", new_values."is_enabled", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."property_id", new_values."reason_id", new_values."rule" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0c02d825ea2f8649e42032f1b19ef89770bc5ef2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8ff20', referencing='REFERENCING NEW TABLE AS new_values ', table='calls_decisioncard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decisioncard',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_decisioncardauditevent" ("id", "is_enabled", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_id", "reason_id", "rule") SELECT new_values."id", new_values."is_enabled", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."property_id", new_values."reason_id", new_values."rule" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='01c4e633841fbac281b8553e45783b94c3085708', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_26e14', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='calls_decisioncard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decisioncard',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_decisioncardauditevent" ("id", "is_enabled", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_id", "reason_id", "rule") SELECT old_values."id", old_values."is_enabled", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."property_id", old_values."reason_id", old_values."rule" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='aef465894b4dfed5b212fccbfa3c6c43be290d9d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_e1081', referencing='REFERENCING OLD TABLE AS old_values ', table='calls_decisioncard', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='cardreply',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='cardreply_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='cardreply',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['emergency', 'routine', 'open'])), name='cardreply_verdict_known'),
        ),
        migrations.AddConstraint(
            model_name='cardquestion',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='cardquestion_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='cardquestion',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='cardquestion_has_text'),
        ),
        migrations.AddConstraint(
            model_name='cardquestion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['yes_no', 'choice', 'number', 'text'])), name='cardquestion_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='cardquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('choices__regex', '^([a-z] [^\\n]+\\n?)+$'), ('kind', 'choice')), models.Q(models.Q(('kind', 'choice'), _negated=True), ('choices', '')), _connector='OR'), name='cardquestion_choices_form', violation_error_message='Choices belong to a choice: a letter, a blank, words.'),
        ),
        migrations.AddConstraint(
            model_name='cardquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('emergency_above', None), ('emergency_below', None), ('kind__in', ('yes_no', 'choice')), ('makes_emergency__regex', '^[a-z]*$')), models.Q(('kind', 'number'), ('makes_emergency', '')), models.Q(('emergency_above', None), ('emergency_below', None), ('kind', 'text'), ('makes_emergency', '')), _connector='OR'), name='cardquestion_rule_fits_kind', violation_error_message='Letters are for yes, no and choices, limits for numbers.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cardquestion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_cardquestionauditevent" ("card_id", "choices", "emergency_above", "emergency_below", "id", "is_enabled", "is_required", "kind", "makes_emergency", "order", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "unit") SELECT new_values."card_id", new_values."choices", new_values."emergency_above", new_values."emergency_below", new_values."id", new_values."is_enabled", new_values."is_required", new_values."kind", new_values."makes_emergency", new_values."order", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."text", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c28c8e9d690de285324ce4ca231763e93d27ccc6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b5e58', referencing='REFERENCING NEW TABLE AS new_values ', table='calls_cardquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cardquestion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_cardquestionauditevent" ("card_id", "choices", "emergency_above", "emergency_below", "id", "is_enabled", "is_required", "kind", "makes_emergency", "order", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "unit") SELECT new_values."card_id", new_values."choices", new_values."emergency_above", new_values."emergency_below", new_values."id", new_values."is_enabled", new_values."is_required", new_values."kind", new_values."makes_emergency", new_values."order", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."text", new_values."unit" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4381f3080cfeb9318bfe754d303fb88b09c74183', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d27cc', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='calls_cardquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cardquestion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_cardquestionauditevent" ("card_id", "choices", "emergency_above", "emergency_below", "id", "is_enabled", "is_required", "kind", "makes_emergency", "order", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "unit") SELECT old_values."card_id", old_values."choices", old_values."emergency_above", old_values."emergency_below", old_values."id", old_values."is_enabled", old_values."is_required", old_values."kind", old_values."makes_emergency", old_values."order", old_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."text", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9ebe43a71e8e3be7c0597aef0bc32e93ada2552b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_906b9', referencing='REFERENCING OLD TABLE AS old_values ', table='calls_cardquestion', when='AFTER')),
        ),
    ]
