"""Every address of callcenter."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("callcenter.desk.urls")),
    path("", include("callcenter.calls.urls")),
    path("", include("callcenter.properties.urls")),
    path("", include("callcenter.accounts.urls")),
    path("imports/", include("callcenter.imports.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
