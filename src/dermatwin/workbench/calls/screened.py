"""Screening of a consultation, kept as it was said; the same case by the same evidence is kept once."""

from __future__ import annotations

from dataclasses import asdict

from ... import __version__
from ...case import Case
from ...screening import Finding, Screening, screen
from ..models import Consultation, ScreeningResult, User
from .document import digest, text_of
from .known import evidence


def screened(consultation: Consultation, case: Case, user: User) -> tuple[Screening, ScreeningResult]:
    """What screening says of a case of a consultation, and the record of it."""
    found, text = screen(case, evidence()), text_of(case)
    version = evidence().fingerprint[:80]
    kept = ScreeningResult.objects.filter(
        consultation=consultation, case_sha256=digest(text), evidence_version=version
    ).first()
    return found, kept or _kept(consultation, found, text, version, user)


def _kept(consultation: Consultation, found: Screening, text: str, version: str, user: User) -> ScreeningResult:
    return ScreeningResult.objects.create(
        consultation=consultation,
        made_by=user,
        verdict=found.verdict,
        complete=found.complete,
        findings=[asdict(finding) for finding in found.findings],
        not_asked=[asdict(question) for question in found.not_asked],
        case_text=text,
        case_sha256=digest(text),
        dermatwin_version=__version__,
        evidence_version=version,
    )


def soft_stop(found: Screening, rule: str) -> Finding | None:
    """The soft stop of a rule that is not lifted; None where there is none: a hard stop has no way round."""
    return next((one for one in found.findings if one.rule == rule and one.level == "soft_stop"), None)
