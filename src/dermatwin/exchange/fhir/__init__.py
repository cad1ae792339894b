"""FHIR R4: a clinical record read into a review and a case, a case or a run written as a bundle. Needs the extra `fhir`."""

from .bundle import Told, bundle_of, bundle_text, read_told
from .casing import case_in, case_text, case_values, template_values, together
from .course import ConsentGiven, Lot, SessionDone
from .line import Line
from .record import ClinicalRecord, parse_record, read_record
from .review import Review, review

__all__ = [
    "ClinicalRecord",
    "ConsentGiven",
    "Line",
    "Lot",
    "Review",
    "SessionDone",
    "Told",
    "bundle_of",
    "bundle_text",
    "case_in",
    "case_text",
    "case_values",
    "parse_record",
    "read_record",
    "read_told",
    "review",
    "template_values",
    "together",
]
