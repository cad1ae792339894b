"""FHIR R4: a clinical record read into a review and a case, a case or a run written as a bundle. Needs the extra `fhir`."""

from .casing import case_in, case_text, case_values
from .line import Line
from .record import ClinicalRecord, parse_record, read_record
from .review import Review, review

__all__ = ["ClinicalRecord", "Line", "Review", "case_in", "case_text", "case_values", "parse_record", "read_record", "review"]
