from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "callcenter.escalations"
    default_auto_field = "django.db.models.BigAutoField"
