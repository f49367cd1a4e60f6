from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep how the header of a file was understood, for the page of the run."""

    dependencies = [("imports", "0002_rows_stay_within_their_organization")]
    operations = [
        migrations.AddField(
            model_name="importrun",
            name="columns",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
