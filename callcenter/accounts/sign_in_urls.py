"""What we use of allauth, under its names. Nobody signs up or adds addresses by themselves."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from .views import password_reset

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", password_reset, name="account_reset_password"),
    path("factors/", include("allauth.mfa.urls")),
]
