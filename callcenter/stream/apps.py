from django.apps import AppConfig


class StreamConfig(AppConfig):
    name = "callcenter.stream"
    default_auto_field = "django.db.models.BigAutoField"
