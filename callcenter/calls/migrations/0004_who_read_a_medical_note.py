import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import composite_key, refuse, without_rights

TABLE = "calls_medicalnotereading"


class Migration(migrations.Migration):
    """Keep who opened a medical note, in a table that only grows."""

    dependencies = [
        ('accounts', '0002_an_owner_stays'),
        ('calls', '0003_history_only_grows'),
        ('properties', '0002_rows_stay_within_their_organization'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MedicalNoteReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader_name', models.CharField(max_length=120)),
                ('request_id', models.CharField(blank=True, default='', max_length=80)),
                ('read_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('reader', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='properties.unit')),
            ],
        ),
        composite_key(
            TABLE, ("organization_id", "unit_id"), "properties_unit", ("organization_id", "id")
        ),
        refuse(TABLE, "UPDATE", "DELETE", "TRUNCATE"),
        without_rights(TABLE),
    ]
