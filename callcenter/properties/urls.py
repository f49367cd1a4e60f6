from django.urls import URLPattern, path

from . import credential_pages, joining, locking, views

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
    path("credentials/", credential_pages.credentials, name="credentials"),
    path("credentials/issue/", credential_pages.issue, name="issue"),
    path("credentials/<int:credential_id>/", credential_pages.credential, name="credential"),
    path(
        "credentials/<int:credential_id>/revoke/",
        credential_pages.revoke_credential,
        name="revoke_credential",
    ),
    path("session/", locking.session, name="session"),
    path("session/unlock/", locking.unlock, name="unlock"),
    path("organizations/", views.organizations, name="organizations"),
]
