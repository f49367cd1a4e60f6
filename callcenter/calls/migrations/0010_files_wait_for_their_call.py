import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Files of calls that are not saved yet."""

    dependencies = [
        ('accounts', '0006_credentials_have_a_name'),
        ('calls', '0009_replies_only_grow'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('media_type', models.CharField(max_length=100)),
                ('byte_size', models.PositiveBigIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('stored_as', models.CharField(max_length=32)),
                ('thumbnail_as', models.CharField(blank=True, default='', max_length=32)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['added_at'], name='waitingfile_age')],
                'constraints': [models.UniqueConstraint(fields=('stored_as',), name='waitingfile_stored_once')],
            },
        ),
    ]
