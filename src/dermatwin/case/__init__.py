"""The run document: patient, zones, course, topicals, observations; read, checked, composed, described."""

from .document import (
    Adjunct,
    Aftercare,
    Case,
    ConcernRecord,
    Course,
    CustomDevice,
    InlineProduct,
    Item,
    Observation,
    Override,
    Patient,
    Sessions,
    Settings,
    Topical,
    Zone,
)

__all__ = [
    "Adjunct", "Aftercare", "Case", "ConcernRecord", "Course", "CustomDevice", "InlineProduct", "Item", "Observation",
    "Override", "Patient", "Sessions", "Settings", "Topical", "Zone",
]
