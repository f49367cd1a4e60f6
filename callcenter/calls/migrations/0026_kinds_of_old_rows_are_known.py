from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Look at the rows of before, which takes no lock that a writer would wait for."""

    dependencies = [("calls", "0025_histories_tell_of_chains")]
    operations = [ValidateConstraint(model_name="comment", name="comment_kind_known")]
