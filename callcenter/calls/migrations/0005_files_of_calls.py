import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import composite_key, refuse, without_rights

TABLE = "calls_attachment"


class Migration(migrations.Migration):
    """Files of calls, in a table that only grows."""

    dependencies = [
        ('accounts', '0006_credentials_have_a_name'),
        ('calls', '0004_who_read_a_medical_note'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('media_type', models.CharField(max_length=100)),
                ('byte_size', models.PositiveBigIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('stored_as', models.CharField(max_length=32)),
                ('thumbnail_as', models.CharField(blank=True, default='', max_length=32)),
                ('added_by_name', models.CharField(max_length=120)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call_log', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='calls.calllog')),
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attachment', to='calls.comment')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('stored_as',), name='attachment_stored_once'), models.UniqueConstraint(condition=models.Q(('thumbnail_as', ''), _negated=True), fields=('thumbnail_as',), name='attachment_thumbnail_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='attachment_has_name'), models.CheckConstraint(condition=models.Q(('stored_as__regex', '^[0-9a-f]{32}$')), name='attachment_stored_under_our_name')],
            },
        ),
        composite_key(
            TABLE, ("organization_id", "call_log_id"), "calls_calllog", ("organization_id", "id")
        ),
        refuse(TABLE, "UPDATE", "DELETE", "TRUNCATE"),
        without_rights(TABLE),
    ]
