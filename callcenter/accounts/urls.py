from django.urls import URLPattern, path

from . import views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("profile/", views.profile, name="profile"),
    path("link/<str:token>/", views.link, name="link"),
]
