"""Properties, their units, the people who live there and their telephone numbers."""

from .links import CredentialProperty, PropertyLink
from .places import Property, PropertyQuerySet, ScopedByPropertyQuerySet, Unit, UnitQuerySet
from .residents import (
    Occupancy,
    PhoneLabel,
    Resident,
    ResidentPhone,
    ResidentPhoneQuerySet,
    ResidentQuerySet,
)

__all__ = [
    "CredentialProperty",
    "Occupancy",
    "PhoneLabel",
    "Property",
    "PropertyLink",
    "PropertyQuerySet",
    "Resident",
    "ResidentPhone",
    "ResidentPhoneQuerySet",
    "ResidentQuerySet",
    "ScopedByPropertyQuerySet",
    "Unit",
    "UnitQuerySet",
]
