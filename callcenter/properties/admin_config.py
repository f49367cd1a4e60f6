"""Django's admin as an app, with our site in it."""

from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    """Makes `admin.site` ours; apart from the site, which needs loaded models."""

    default_site = "callcenter.properties.admin_site.DeskAdminSite"
