from django.apps import AppConfig

from . import checks

__all__ = ["CoreConfig", "checks"]  # importing the checks registers them


class CoreConfig(AppConfig):
    name = "callcenter.core"
    default_auto_field = "django.db.models.BigAutoField"
