"""Addresses of imports, below /imports/."""

from django.urls import URLPattern, path

from . import views

app_name = "imports"
urlpatterns: list[URLPattern] = [
    path("", views.import_list, name="list"),
    path("<int:pk>/", views.import_detail, name="detail"),
    path("<int:pk>/rejected/", views.import_rejected, name="rejected"),
    path("<int:pk>/rejected/file/", views.import_errors, name="errors"),
    path("<int:pk>/continue/", views.import_continue, name="continue"),
]
