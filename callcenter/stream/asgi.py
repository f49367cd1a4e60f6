"""The ASGI entry point of the stream process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
django.setup()

from .answering import Stream  # noqa: E402 (needs the settings)

application = Stream()
