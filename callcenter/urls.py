"""Every address of callcenter."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from callcenter.accounts.views import admin_login
from callcenter.core import views as core

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("callcenter.desk.urls")),
    path("", include("callcenter.calls.urls")),
    path("", include("callcenter.escalations.urls")),
    path("", include("callcenter.properties.urls")),
    path("", include("callcenter.accounts.urls")),
    path("imports/", include("callcenter.imports.urls")),
    path("docs/", include("callcenter.api.docs_urls")),
    path("accounts/", include("callcenter.accounts.sign_in_urls")),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("health/live/", core.live, name="live"),
    path("health/ready/", core.ready, name="ready"),
]
handler400 = "callcenter.core.error_pages.bad_request"
handler403 = "callcenter.core.error_pages.permission_denied"
handler404 = "callcenter.core.error_pages.page_not_found"
handler500 = "callcenter.core.views.server_error"
