"""Pickers of the administration that search as one types."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models

from callcenter.core.ids import read_id


def _is_key(text: str, model: type[models.Model]) -> bool:
    """Whether rows of the model may have this key at all."""
    key: Any = model._meta.pk  # noqa: SLF001
    if isinstance(key, models.IntegerField):
        return read_id(text) is not None
    try:
        key.to_python(text)
    except ValidationError:
        return False
    return True


class _ShowsAgain:
    """Shows a refused form again whatever was sent: Django's own picker answers 500 to no key."""

    field: Any

    def optgroups(self, name: Any, value: Any, attr: Any = None) -> Any:
        """The chosen ones; what is no key chooses nothing."""
        model = self.field.remote_field.model
        keys = [one for one in value if _is_key(str(one), model)]
        return super().optgroups(name, keys, attr)  # type: ignore[misc]


class Picker(_ShowsAgain, AutocompleteSelect):
    """Of one row."""


class ManyPicker(_ShowsAgain, AutocompleteSelectMultiple):
    """Of several rows."""
