from django.db import migrations, models


class Migration(migrations.Migration):
    """Let an invitation say how its guest is called: the operator names the first owner."""

    dependencies = [("accounts", "0002_an_owner_stays")]
    operations = [
        migrations.AddField(
            "onetimelink", "name", models.CharField(blank=True, db_default="", default="", max_length=120)
        ),
    ]
