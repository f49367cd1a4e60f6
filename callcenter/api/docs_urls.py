"""Addresses of the documents; outside the prefixes of the dialects."""

from django.urls import path

from . import docs_views

app_name = "docs"
urlpatterns = [
    path("connect/", docs_views.connect, name="connect"),
    path("connect/openapi.json", docs_views.connect_openapi, name="connect_openapi"),
    path("oneuptime/", docs_views.oneuptime, name="oneuptime"),
    path("oneuptime/openapi.json", docs_views.oneuptime_openapi, name="oneuptime_openapi"),
    path("voipnow/", docs_views.voipnow, name="voipnow"),
    path("voipnow/openapi.json", docs_views.voipnow_openapi, name="voipnow_openapi"),
]
