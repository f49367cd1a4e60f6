import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import composite_key

NUMBERS, CALLS = "calls_rememberednumber", "calls_rememberedcall"


class Migration(migrations.Migration):
    """Numbers that were put on a person, and the calls that came with them."""

    dependencies = [
        ('accounts', '0006_credentials_have_a_name'),
        ('calls', '0013_callback_due_is_of_callbacks'),
        ('properties', '0005_names_as_they_sound'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RememberedNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('linking', 'Linking'), ('linked', 'Linked'), ('unlinking', 'Unlinking'), ('unlinked', 'Unlinked'), ('stopped', 'Stopped')], default='linking', max_length=9)),
                ('linked_count', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('phone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='properties.residentphone')),
                ('resident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='properties.resident')),
            ],
        ),
        migrations.CreateModel(
            name='RememberedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call_from_before', models.CharField(max_length=300)),
                ('unlinked_at', models.DateTimeField(null=True)),
                ('call_log', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.calllog')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('property_before', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='properties.property')),
                ('unit_before', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='properties.unit')),
                ('remembered', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='calls.rememberednumber')),
            ],
        ),
        migrations.AddConstraint(
            model_name='rememberednumber',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='rememberednumber_of_organization'),
        ),
        migrations.AddConstraint(
            model_name='rememberedcall',
            constraint=models.UniqueConstraint(fields=('remembered', 'call_log'), name='rememberedcall_once'),
        ),
        composite_key(
            NUMBERS, ("organization_id", "resident_id"),
            "properties_resident", ("organization_id", "id"),
        ),
        composite_key(
            CALLS, ("organization_id", "remembered_id"), NUMBERS, ("organization_id", "id")
        ),
        composite_key(
            CALLS, ("organization_id", "call_log_id"), "calls_calllog", ("organization_id", "id")
        ),
    ]
