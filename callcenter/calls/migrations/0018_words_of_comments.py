from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations


class Migration(migrations.Migration):
    """Find calls by the words of their comments; built beside the writes that go on."""

    atomic = False
    dependencies = [("calls", "0017_waiting_for_a_resident_pauses")]
    operations = [
        AddIndexConcurrently(
            model_name="comment",
            index=GinIndex(SearchVector("text", config="simple"), name="comment_words"),
        )
    ]
