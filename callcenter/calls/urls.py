"""Addresses of calls and of the places that they are about."""

from django.urls import path

from .views import (
    attachments,
    bulk,
    callbacks,
    correct,
    folding,
    listing,
    log,
    numbers,
    places,
    withdraw,
)

app_name = "calls"
urlpatterns = [
    path("calls/", listing.call_log_list, name="list"),
    path("calls/newer/", listing.call_log_newer, name="newer"),
    path("calls/bulk/", bulk.call_log_bulk, name="bulk"),
    path("calls/<int:pk>/", log.call_log_detail, name="detail"),
    path("calls/<int:pk>/comment/", log.call_log_comment, name="comment"),
    path("calls/<int:pk>/status/", log.call_log_status, name="status"),
    path("calls/<int:pk>/notes/", log.call_log_notes, name="notes"),
    path("calls/<int:pk>/fold/", folding.call_log_fold, name="fold"),
    path("calls/<int:pk>/unfold/", folding.call_log_unfold, name="unfold"),
    path("calls/<int:pk>/correct/", correct.call_log_correct, name="correct"),
    path("calls/<int:pk>/withdraw/", withdraw.call_log_withdraw, name="withdraw"),
    path("calls/<int:pk>/attach/", attachments.call_log_attach, name="attach"),
    path("attachments/<int:pk>/", attachments.attachment_file, name="attachment"),
    path("attachments/<int:pk>/small/", attachments.attachment_thumbnail, name="thumbnail"),
    path("calls/<int:pk>/callback/", callbacks.call_log_promise, name="promise"),
    path("callbacks/", callbacks.callback_list, name="callbacks"),
    path("callbacks/when/", callbacks.due_words, name="due_words"),
    path("callbacks/<int:pk>/", callbacks.callback_detail, name="callback"),
    path("callbacks/<int:pk>/take/", callbacks.callback_take, name="callback_take"),
    path("callbacks/<int:pk>/change/", callbacks.callback_change, name="callback_change"),
    path("callbacks/<int:pk>/end/", callbacks.callback_end, name="callback_end"),
    path("calls/<int:pk>/remember/", numbers.call_log_remember, name="remember"),
    path("numbers/remembered/<int:pk>/", numbers.remembered_number, name="remembered"),
    path("numbers/<int:pk>/retire/", numbers.number_retire, name="number_retire"),
    path("numbers/<int:pk>/forbid/", numbers.number_forbid, name="number_forbid"),
    path("residents/<int:pk>/numbers/", numbers.number_add, name="number_add"),
    path("units/<int:pk>/residents/", numbers.resident_add, name="resident_add"),
    path("units/<int:pk>/", places.unit_page, name="unit"),
    path("units/<int:pk>/medical/", places.unit_medical_note, name="medical"),
    path("residents/<int:pk>/", places.resident_page, name="resident"),
]
