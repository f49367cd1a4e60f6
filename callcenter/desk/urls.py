from django.urls import path

from . import (
    availability_views,
    draft_views,
    file_views,
    hint_views,
    pop_views,
    undo_views,
    views,
    whose_views,
    work_views,
)

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("state/", availability_views.say, name="state"),
    path("pop/", pop_views.pop, name="pop"),
    path("work/", work_views.my_work, name="work"),
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
