"""Names as they sound: what finds somebody whose name was misheard or mistyped."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import Overlap
from django.db import models
from django.db.models import Func, Value


class NameKeys(Func):
    """For each word of a folded name its first sound and the consonants heard in it, sorted.

    Words of fewer than three letters have none; words run together ("de la cruz") have one too.
    The function of the database is the only place that makes them.
    """

    function = "properties_name_keys"
    output_field = ArrayField(models.TextField())


def sounds_like(word: str) -> Any:
    """The condition that a word of `search_name` may be `word` (folded), misheard or mistyped."""
    return Overlap(NameKeys("search_name"), NameKeys(Value(word)))
