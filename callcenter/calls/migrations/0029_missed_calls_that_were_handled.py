import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import composite_key, refuse, without_rights

TABLE = "calls_handledmissedcall"


class Migration(migrations.Migration):
    """Keep who said of a missed call that it is handled, and why; such rows only come."""

    dependencies = [
        ('accounts', '0010_availability'),
        ('calls', '0028_logs_of_a_phone_call_are_found'),
        ('telephony', '0002_calls_stay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HandledMissedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('handled_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('handled_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('handled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('phone_call', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='handled', to='telephony.phonecall')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('phone_call',), name='handledmissedcall_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='handledmissedcall_has_reason')],
            },
        ),
        composite_key(
            TABLE, ("organization_id", "phone_call_id"),
            "telephony_phonecall", ("organization_id", "id"),
        ),
        without_rights(TABLE),
        refuse(TABLE, "UPDATE", "DELETE", "TRUNCATE"),
    ]
