"""Who may what: one table. A page that does not stand here is served to nobody.

`ROLES` says which roles hold a right; `PAGES` says for every URL name which right reading (GET) and changing (POST) take.
The gate (`gate.py`) asks this table before any view runs, the start-up check (`checks.py`) compares it with the URLs, the
tests walk through every role, URL and method of it. Roles are a person's only source of rights.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is here."""

    RECEPTION = "reception", "reception"
    PRACTITIONER = "practitioner", "practitioner"
    PRESCRIBER = "prescriber", "prescriber"
    AUDITOR = "auditor", "auditor"
    ADMIN = "admin", "administrator"


_DESK = frozenset({Role.RECEPTION, Role.PRACTITIONER, Role.PRESCRIBER})
_CLINIC = frozenset({Role.PRACTITIONER, Role.PRESCRIBER})
_PRESCRIBER = frozenset({Role.PRESCRIBER})
_ALL = frozenset(Role)

ROLES: dict[str, frozenset[Role]] = {
    "self": _ALL,  # one's own account
    "people.read": _DESK,  # demographics and appointments
    "people.write": _DESK,
    "clinic.read": _CLINIC,  # history, consultation, screening, plans, runs
    "clinic.write": _CLINIC,
    "prescribe": _PRESCRIBER,  # override a soft stop, sign a plan
    "session.read": _CLINIC,  # sessions, lots, photographs, observations, incidents
    "session.write": _CLINIC,
    "take_out": _PRESCRIBER,  # photographs and records as files
    "audit.read": frozenset({Role.AUDITOR}),
    "users.read": frozenset({Role.AUDITOR, Role.ADMIN}),
    "users.write": frozenset({Role.ADMIN}),
    "erasure.read": frozenset({Role.AUDITOR, Role.ADMIN, Role.PRESCRIBER}),
    "erasure.ask": frozenset({Role.ADMIN}),
    "erasure.approve": _PRESCRIBER,
    "catalogue.read": _CLINIC | {Role.ADMIN},
    "catalogue.write": _CLINIC | {Role.ADMIN},
}
"""Right -> the roles that hold it."""

OPEN = "open"
"""No right: whoever reaches the machine. For the way in, and what it is drawn with."""
NOBODY = "nobody"
"""The right of a page that does not stand here: it is not found."""


@dataclass(frozen=True)
class Page:
    """What a page takes: the right to read it, and the right to change through it; None: that method is not allowed."""

    get: str | None = None
    post: str | None = None
    before_second_factor: bool = False

    def right(self, method: str) -> str | None:
        """The right that a method takes; None where the page does not know the method."""
        return {"GET": self.get, "HEAD": self.get, "POST": self.post}.get(method)


def _own(get: str | None = "self", post: str | None = "self") -> Page:
    """A page of one's own account, open while a second factor is being set up."""
    return Page(get, post, before_second_factor=True)


PAGES: dict[str, Page] = {
    # the way in
    "asset": Page(OPEN),
    "healthy": Page(OPEN),
    "account_login": Page(OPEN, OPEN),
    "account_logout": Page(OPEN, OPEN),
    "mfa_authenticate": Page(OPEN, OPEN),
    "account_inactive": Page(OPEN),
    # one's own account
    "account": _own(post=None),
    "account_change_password": _own(),
    "account_reauthenticate": _own(),
    "mfa_reauthenticate": _own(),
    "mfa_index": _own(post=None),
    "mfa_activate_totp": _own(),
    "mfa_deactivate_totp": Page("self", "self"),
    "mfa_view_recovery_codes": _own(post=None),
    "mfa_generate_recovery_codes": _own(),
    "mfa_download_recovery_codes": _own(post=None),
    # the desk
    "today": Page("self"),
    "patients": Page("people.read"),
    "patient_new": Page("people.write", "people.write"),
    "patient": Page("people.read"),
    "patient_edit": Page("people.write", "people.write"),
    "appointment_new": Page("people.write", "people.write"),
    "appointment_edit": Page("people.write", "people.write"),
    # history
    "history": Page("clinic.read"),
    "history_add": Page("clinic.write", "clinic.write"),
    "history_edit": Page("clinic.write", "clinic.write"),
    "history_confirm": Page(None, "clinic.write"),
    "history_dismiss": Page("clinic.write", "clinic.write"),
    # records of other people's systems
    "import_new": Page("clinic.write", "clinic.write"),
    "import_review": Page("clinic.read"),
    "import_aside": Page("clinic.write", "clinic.write"),
    "import_line_confirm": Page(None, "clinic.write"),
    "import_line_write": Page("clinic.write", "clinic.write"),
    "import_line_dismiss": Page("clinic.write", "clinic.write"),
    "record_out": Page("take_out"),
    # clinical systems that ask (CDS Hooks): nobody signs in, the page itself asks for a token
    "cds_services": Page(OPEN),
    "cds_service": Page(None, OPEN),
    "cds_feedback": Page(None, OPEN),
    # consultation
    "consultation_new": Page("clinic.write", "clinic.write"),
    "consultation": Page("clinic.read"),
    "consultation_edit": Page("clinic.write", "clinic.write"),
    "anamnesis": Page("clinic.write", "clinic.write"),
    "sites": Page("clinic.write"),
    "zone_new": Page("clinic.write", "clinic.write"),
    "zone_edit": Page("clinic.write", "clinic.write"),
    "zone_remove": Page(None, "clinic.write"),
    # screening
    "screening": Page("clinic.read"),
    "override": Page("prescribe", "prescribe"),
    "override_withdraw": Page(None, "prescribe"),
    "judgement": Page("prescribe", "prescribe"),
    # plans and what is computed
    "plan_new": Page("clinic.write", "clinic.write"),
    "search": Page("clinic.read"),
    "search_events": Page("clinic.read"),
    "proposals": Page("clinic.read"),
    "plan": Page("clinic.read"),
    "plan_simulate": Page(None, "clinic.write"),
    "plan_sign": Page("prescribe", "prescribe"),
    "plan_case": Page("take_out"),
    "run": Page("clinic.read"),
    "run_events": Page("clinic.read"),
    "run_report": Page("clinic.read"),
    "run_file": Page("clinic.read"),
    "run_again": Page(None, "clinic.write"),
    # consent
    "consents": Page("session.read"),
    "consent_give": Page("session.write", "session.write"),
    "consent": Page("session.read"),
    "consent_withdraw": Page("session.write", "session.write"),
    # sessions
    "session": Page("session.read"),
    "session_start": Page("session.write", "session.write"),
    "session_move": Page("session.write", "session.write"),
    "session_missed": Page(None, "session.write"),
    "session_zone": Page("session.write", "session.write"),
    "session_product": Page("session.write", "session.write"),
    "session_product_clock": Page(None, "session.write"),
    "session_finish": Page("session.write", "session.write"),
    "session_addendum": Page("session.write", "session.write"),
    "session_simulate": Page(None, "session.write"),
    "due": Page("people.read"),
    # photographs
    "photos": Page("session.read"),
    "photo_new": Page("session.write", "session.write"),
    "photo": Page("session.read"),
    "photo_compare": Page("session.read"),
    "photo_image": Page("session.read"),
    "photo_file": Page("take_out"),
    # a course under way
    "course": Page("session.read"),
    "observation_new": Page("session.write", "session.write"),
    "observation_edit": Page("session.write", "session.write"),
    "observation_confirm": Page(None, "session.write"),
    "symptom_new": Page("session.write", "session.write"),
    "symptom_answer": Page(None, "session.write"),
    "forecast_ask": Page(None, "session.write"),
    "forecast": Page("session.read"),
    "forecast_events": Page("session.read"),
    "forecast_page": Page("session.read"),
    "invitation_new": Page(None, "session.write"),
    "invitation": Page("session.write"),
    "invitation_withdraw": Page(None, "session.write"),
    "answer": Page(OPEN, OPEN),
    "answered": Page(OPEN),
    # incidents
    "incidents": Page("session.read"),
    "incident_new": Page("session.write", "session.write"),
    "incident": Page("session.read"),
    "incident_edit": Page("session.write", "session.write"),
    "incident_close": Page("session.write", "session.write"),
    # what the clinic owns and uses up
    "catalogue": Page("catalogue.read"),
    "device_new": Page("catalogue.write", "catalogue.write"),
    "device_edit": Page("catalogue.write", "catalogue.write"),
    "cartridge_lot_new": Page("catalogue.write", "catalogue.write"),
    "cartridge_lot_edit": Page("catalogue.write", "catalogue.write"),
    "product_new": Page("catalogue.write", "catalogue.write"),
    "product_edit": Page("catalogue.write", "catalogue.write"),
    "product_lot_new": Page("catalogue.write", "catalogue.write"),
    "product_lot_edit": Page("catalogue.write", "catalogue.write"),
    "consent_text": Page("catalogue.read"),
    "consent_text_new": Page("catalogue.write", "catalogue.write"),
    "cartridge_recall": Page("session.read", "session.write"),
    "product_recall": Page("session.read", "session.write"),
    "cartridge_recall_csv": Page("take_out"),
    "product_recall_csv": Page("take_out"),
    # sheets and outcome
    "plan_sheets": Page("session.read"),
    "plan_sheet": Page("session.read"),
    "plan_sheet_paper": Page("session.read"),
    "plan_dates": Page("session.read"),
    "outcome": Page("session.read"),
    # a person's data leave
    "export": Page("take_out"),
    "export_file": Page("take_out"),
    "erasures": Page("erasure.read"),
    "erasure_new": Page("erasure.ask", "erasure.ask"),
    "erasure": Page("erasure.approve", "erasure.approve"),
    "erasure_refuse": Page(None, "erasure.approve"),
    # trust
    "audit": Page("audit.read"),
    "users": Page("users.read"),
    "user_new": Page("users.write", "users.write"),
    "user_edit": Page("users.write", "users.write"),
}
"""URL name -> what it takes."""


def may(role: str, right: str) -> bool:
    """Whether a role holds a right."""
    return right == OPEN or role in ROLES.get(right, frozenset())
