from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "callcenter.imports"
    default_auto_field = "django.db.models.BigAutoField"
