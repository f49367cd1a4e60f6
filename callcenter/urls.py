"""Every address of callcenter."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from callcenter.core import views as core

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("callcenter.desk.urls")),
    path("", include("callcenter.calls.urls")),
    path("", include("callcenter.properties.urls")),
    path("", include("callcenter.accounts.urls")),
    path("imports/", include("callcenter.imports.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/live/", core.live, name="live"),
    path("health/ready/", core.ready, name="ready"),
]
handler500 = "callcenter.core.views.server_error"
