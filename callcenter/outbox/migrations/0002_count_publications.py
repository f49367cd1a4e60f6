from django.db import migrations, models


class Migration(migrations.Migration):
    """Count how often a message was handed to the broker, so that repeats become rarer."""

    dependencies = [("outbox", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="published",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                fields=["done_at"],
                name="outboxmessage_pruning",
                condition=models.Q(done_at__isnull=False),
            ),
        ),
    ]
