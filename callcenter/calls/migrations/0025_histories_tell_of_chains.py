from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = ["comment", "status", "edit", "fold", "chain", "import"]


class Migration(migrations.Migration):
    """Let a history tell that people were rung; the rows that are there are looked at later."""

    dependencies = [("calls", "0024_indexes_of_views")]
    operations = [
        migrations.AlterField(
            model_name="comment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("comment", "Comment"),
                    ("status", "Status"),
                    ("edit", "Edit"),
                    ("fold", "Fold"),
                    ("chain", "Escalation"),
                    ("import", "Import"),
                ],
                default="comment",
                max_length=7,
            ),
        ),
        migrations.RemoveConstraint(model_name="comment", name="comment_kind_known"),
        AddConstraintNotValid(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="comment_kind_known"
            ),
        ),
    ]
