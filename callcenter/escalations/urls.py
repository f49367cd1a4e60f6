"""The pages of chains."""

from django.urls import path

from . import chain_views, health_views, views, withdraw_views

app_name = "escalations"
urlpatterns = [
    path("escalations/", views.chain_list, name="list"),
    path("escalations/health/", health_views.health, name="health"),
    path("escalations/rehearsal/", health_views.rehearsal, name="rehearsal"),
    path("escalations/findings/<int:pk>/handle/", health_views.handle, name="handle"),
    path("escalations/<uuid:pk>/", views.chain_page, name="chain"),
    path("escalations/<uuid:pk>/ring/", chain_views.ring, name="ring"),
    path("escalations/<uuid:pk>/end/", chain_views.end, name="end"),
    path("escalations/<uuid:pk>/withdraw/", withdraw_views.withdraw_chain, name="withdraw"),
    path(
        "escalations/rings/<uuid:pk>/withdraw/",
        withdraw_views.withdraw_ring,
        name="withdraw_ring",
    ),
    path("escalations/rings/<uuid:pk>/told/", chain_views.told, name="told"),
    path("escalations/rings/<uuid:pk>/judge/", chain_views.judge, name="judge"),
    path("calls/<int:pk>/escalate/", chain_views.start, name="start"),
]
