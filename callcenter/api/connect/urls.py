"""Every address of the dialect (wire/connect.md 6)."""

from callcenter.api.routing import Handler, Operation, Route, Routes

from . import logs, places, writes


def _get(handler: Handler, permission: str = "calls.view_calllog") -> dict[str, Operation]:
    return {"GET": Operation(handler, permission)}


PLACES = "properties.view_property"

ROUTES = Routes(
    [
        Route("units/{unitId}/calllogs", _get(logs.unit_logs)),
        Route("properties/{propertyId}/calllogs", _get(logs.property_logs)),
        Route("residents/{id}/calllogs", _get(logs.resident_logs)),
        Route(
            "calllogs",
            _get(logs.all_logs) | {"POST": Operation(writes.post_log, "calls.add_calllog")},
        ),
        Route(
            "calllogs/{id}",
            _get(logs.one_log) | {"PUT": Operation(writes.put_log, "calls.change_calllog")},
        ),
        Route("calllogreasons", _get(places.reasons)),
        Route("modulestatuses/calllogs", _get(places.statuses)),
        Route("modulestatus/{id}", _get(places.one_status)),
        Route("properties", _get(places.properties, PLACES)),
        Route("properties/{propertyId}", _get(places.one_property, PLACES)),
        Route("properties/{propertyId}/units", _get(places.property_units, PLACES)),
        Route("properties/{propertyId}/propertysummary", _get(places.property_summary)),
        Route("units/carecenterunits", _get(places.care_center_units, PLACES)),
        Route("units/{unitId}", _get(places.one_unit, PLACES)),
        Route("units/{unitId}/unitsummary", _get(places.unit_summary)),
        Route("residents/{id}", _get(places.one_resident, PLACES)),
    ]
)
