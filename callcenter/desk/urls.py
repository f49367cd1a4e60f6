from django.urls import path

from . import (
    availability_views,
    board_views,
    draft_views,
    file_views,
    hint_views,
    pop_views,
    undo_views,
    views,
    wallboard_views,
    whose_views,
    work_views,
)

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("state/", availability_views.say, name="state"),
    path("pop/", pop_views.pop, name="pop"),
    path("work/", work_views.my_work, name="work"),
    path("live/", board_views.live, name="live"),
    path("live/queue/", board_views.queue, name="live_queue"),
    path("live/today/", board_views.today, name="live_today"),
    path("live/handled/", board_views.handled, name="live_handled"),
    path("live/wallboards/", wallboard_views.wallboards, name="wallboards"),
    path("live/wallboards/create/", wallboard_views.create, name="wallboard_create"),
    path("live/wallboards/<int:pk>/revoke/", wallboard_views.revoke, name="wallboard_revoke"),
    path("tv/<str:token>/", wallboard_views.tv, name="tv"),
    path("search/", views.search, name="search"),
    path("new/", views.new, name="new"),
    path("whose/", whose_views.whose_number, name="whose"),
    path("whose/remember/", whose_views.remember_number, name="remember"),
    path("new/hints/", hint_views.hints, name="hints"),
    path("files/", file_views.files, name="files"),
    path("files/<str:token>/", file_views.file, name="file"),
    path("undo/", undo_views.undo_last, name="undo"),
    path("drafts/", draft_views.drafts, name="drafts"),
    path("drafts/<str:key>/", draft_views.draft, name="draft"),
    path("desk/<int:pk>/", views.call, name="call"),
]
