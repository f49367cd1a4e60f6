import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import refuse, without_rights


class Migration(migrations.Migration):
    """Keep views of the list, how each likes it, and on record who exported what."""

    dependencies = [
        ('accounts', '0007_cards_can_be_required'),
        ('calls', '0018_words_of_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_name', models.CharField(max_length=120)),
                ('request_id', models.CharField(blank=True, default='', max_length=80)),
                ('query', models.TextField(blank=True, default='')),
                ('columns', models.CharField(blank=True, default='', max_length=300)),
                ('picked', models.PositiveIntegerField(blank=True, null=True)),
                ('rows', models.PositiveIntegerField(blank=True, null=True)),
                ('counted', models.PositiveIntegerField(blank=True, null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('began', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ends', to='calls.exportrecord')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'at'], name='exportrecord_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('began', None), ('counted', None), ('rows', None)), models.Q(('began__isnull', False), ('counted__isnull', False), ('rows__isnull', False)), _connector='OR'), name='exportrecord_rows_at_its_end'), models.UniqueConstraint(condition=models.Q(('began__isnull', False)), fields=('began',), name='exportrecord_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='ListSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('columns', models.CharField(blank=True, default='', max_length=300)),
                ('query', models.TextField(blank=True, default='')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'user'), name='listsettings_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('query', models.TextField(blank=True, default='')),
                ('columns', models.CharField(blank=True, default='', max_length=300)),
                ('is_shared', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'owner', 'name'), name='savedview_name_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='savedview_has_name')],
            },
        ),
        refuse("calls_exportrecord", "UPDATE", "DELETE", "TRUNCATE"),
        without_rights("calls_exportrecord"),
    ]
