"""Every address of the dialect (wire/connect.md 6)."""

from callcenter.api.describing import Docs
from callcenter.api.routing import Handler, Operation, Route, Routes

from . import documented, logs, places, writes


def _get(
    handler: Handler, docs: Docs, permission: str = "calls.view_calllog"
) -> dict[str, Operation]:
    return {"GET": Operation(handler, permission, docs)}


def _place(handler: Handler, docs: Docs) -> dict[str, Operation]:
    return _get(handler, docs, "properties.view_property")


POST_LOG = Operation(writes.post_log, "calls.add_calllog", documented.post_log)
PUT_LOG = Operation(writes.put_log, "calls.change_calllog", documented.put_log)

ROUTES = Routes(
    [
        Route("units/{unitId}/calllogs", _get(logs.unit_logs, documented.unit_logs)),
        Route(
            "properties/{propertyId}/calllogs", _get(logs.property_logs, documented.property_logs)
        ),
        Route("residents/{id}/calllogs", _get(logs.resident_logs, documented.resident_logs)),
        Route("calllogs", _get(logs.all_logs, documented.all_logs) | {"POST": POST_LOG}),
        Route("calllogs/{id}", _get(logs.one_log, documented.one_log) | {"PUT": PUT_LOG}),
        Route("calllogreasons", _get(places.reasons, documented.reasons)),
        Route("modulestatuses/calllogs", _get(places.statuses, documented.statuses)),
        Route("modulestatus/{id}", _get(places.one_status, documented.one_status)),
        Route("properties", _place(places.properties, documented.properties)),
        Route("properties/{propertyId}", _place(places.one_property, documented.one_property)),
        Route(
            "properties/{propertyId}/units",
            _place(places.property_units, documented.property_units),
        ),
        Route(
            "properties/{propertyId}/propertysummary",
            _get(places.property_summary, documented.property_summary),
        ),
        Route(
            "units/carecenterunits", _place(places.care_center_units, documented.care_center_units)
        ),
        Route("units/{unitId}", _place(places.one_unit, documented.one_unit)),
        Route("units/{unitId}/unitsummary", _get(places.unit_summary, documented.unit_summary)),
        Route("residents/{id}", _place(places.one_resident, documented.one_resident)),
    ]
)
