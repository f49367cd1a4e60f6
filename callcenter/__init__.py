"""callcenter: the call desk of property-management companies."""

from .celery import app as celery_app

__all__ = ("celery_app",)
