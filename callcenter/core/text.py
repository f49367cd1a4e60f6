"""Normalised copies of what people typed: for search and natural keys, never for show."""

import unicodedata
from typing import Any

from django.db import models


def fold(text: str) -> str:
    """`text` without accents, case and surplus blanks: what a search compares."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def number_key(text: str) -> str:
    """A unit number without case, blanks, `-` and `#`; leading zeros stay (domain.md 7)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c not in "-#" and not c.isspace())


class FoldedField(models.TextField):
    """Keeps `fold()` of other fields of the row, written on every save and bulk_create."""

    def __init__(self, *args: Any, source: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 (Django's)
        value = fold(" ".join(getattr(model_instance, name) or "" for name in self.source))
        setattr(model_instance, self.attname, value)
        return value


class NumberKeyField(models.TextField):
    """Keeps `number_key()` of one other field of the row."""

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 (Django's)
        value = number_key(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value
