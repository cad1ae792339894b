"""The run document: patient, zones, course, topicals, observations; read, checked, composed, described."""

from .checks import check_case, check_names, unknown_concerns, unknown_kinds
from .document import (
    ActiveShare,
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
    SettingsChange,
    Topical,
    Zone,
)
from .loading import case_of, load_case
from .schema import json_schema
from .writing import dump_case

__all__ = [
    "Adjunct",
    "Aftercare",
    "Case",
    "ConcernRecord",
    "Course",
    "CustomDevice",
    "ActiveShare",
    "InlineProduct",
    "Item",
    "Observation",
    "Override",
    "Patient",
    "Sessions",
    "Settings",
    "SettingsChange",
    "Topical",
    "Zone",
    "case_of",
    "check_case",
    "check_names",
    "dump_case",
    "json_schema",
    "load_case",
    "unknown_concerns",
    "unknown_kinds",
]
