"""How any job is done: claimed, told how far it is, finished, or failed with words that a person can act on.

A worker that is ended leaves its job as it was, under way; the next one takes it up again, so often and no more: what ends
every worker would end them for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from ...core.errors import CaseError, ComputationError, EvidenceError
from ..models import Job

log = logging.getLogger("dermatwin.workbench")

TRIES = 3
PAUSE = 0.4  # seconds between two reports of progress
Tell = Callable[[float, str], None]


def carry_out(job: Job, do: Callable[[Tell], None]) -> None:
    """Do a job that waits or was interrupted; every fault becomes words on its page."""
    rows = type(job)._default_manager.filter(pk=job.pk, state__in=("waiting", "running"))
    if not rows.update(state="running", started_at=timezone.now(), attempts=F("attempts") + 1, share=0.0, doing=""):
        return
    job.refresh_from_db()
    if job.attempts > TRIES:
        _end(job, "failed", f"Every worker that tried this was ended; given up after {TRIES} tries.")
        return
    try:
        do(_Telling(job))
    except Exception as error:
        _end(job, "failed", _words(error))
    else:
        _end(job, "done", "")


def _end(job: Job, state: str, said: str) -> None:
    kind = type(job)._default_manager.filter(pk=job.pk)
    kind.update(state=state, said=said, share=1.0 if state == "done" else F("share"), doing="", finished_at=timezone.now())


class _Telling:
    """Writes how far a job is, not more often than somebody could read it."""

    def __init__(self, job: Job) -> None:
        self.rows = type(job)._default_manager.filter(pk=job.pk)
        self.last = 0.0

    def __call__(self, share: float, what: str) -> None:
        if monotonic() - self.last >= PAUSE:
            self.last = monotonic()
            self.rows.update(share=min(max(share, 0.0), 1.0), doing=what[:200])


def _words(error: Exception) -> str:
    if isinstance(error, CaseError | EvidenceError):
        return "\n".join(str(fault) for fault in error.faults)
    if isinstance(error, ComputationError):
        return f"The computation broke one of its own laws and was stopped: {error}"
    if isinstance(error, MemoryError):
        return "There was not enough memory."
    if isinstance(error, OSError):
        return f"The result could not be written: {error.strerror or 'the disk refused'}."
    number = uuid4().hex[:8]
    log.error("fault %s: %s", number, error, exc_info=error)
    return f"A fault of the program. Tell whoever looks after it this number: {number}."
