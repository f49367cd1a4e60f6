from django.urls import URLPattern, path

from . import joining, views

app_name = "properties"
urlpatterns: list[URLPattern] = [
    path("members/", views.members, name="members"),
    path("members/invite/", views.invite, name="invite"),
    path("members/invitations/<int:link_id>/revoke/", views.revoke, name="revoke"),
    path("members/<int:membership_id>/", views.member, name="member"),
    path("members/<int:membership_id>/deactivate/", views.deactivate, name="deactivate"),
    path("members/<int:membership_id>/reactivate/", views.reactivate, name="reactivate"),
    path("members/<int:membership_id>/reset/", views.reset, name="reset"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("organizations/", views.organizations, name="organizations"),
]
