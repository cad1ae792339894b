"""Records of the clinic, one theme a file."""

from .after import AdverseEvent, Invitation, Observation, Photo, Symptom
from .catalogue import Cartridge, CartridgeLot, ConsentText, Device, Product, ProductLot
from .consultation import Answer, Concern, Consultation, Judgement, Override, ScreeningResult, Zone
from .history import OPEN_ITEM, OPEN_LINE, HistoryItem, Import, ImportLine
from .job import Job
from .person import Appointment, Patient
from .plan import Forecast, Plan, Run, Search
from .record import Fixed, Overtaken, Record
from .session import Addendum, Consent, Session, SessionProduct, SessionZone
from .trust import AuditEntry, Clinic, Erasure, SpentToken
from .user import User

__all__ = [
    "OPEN_ITEM",
    "Addendum",
    "OPEN_LINE",
    "AdverseEvent",
    "Answer",
    "Appointment",
    "AuditEntry",
    "Cartridge",
    "CartridgeLot",
    "Clinic",
    "Concern",
    "Consent",
    "ConsentText",
    "Consultation",
    "Device",
    "Erasure",
    "Fixed",
    "Forecast",
    "HistoryItem",
    "Import",
    "ImportLine",
    "Invitation",
    "Job",
    "Judgement",
    "Observation",
    "Overtaken",
    "Override",
    "Patient",
    "Photo",
    "Plan",
    "Product",
    "ProductLot",
    "Record",
    "Run",
    "ScreeningResult",
    "Search",
    "Session",
    "SessionProduct",
    "SessionZone",
    "SpentToken",
    "Symptom",
    "User",
    "Zone",
]
