"""Trials for tests: documents as plain values, and pools whose numbers are known because nobody simulated them."""

from __future__ import annotations

from typing import Any

import numpy as np

from dermatwin.core import Luck
from dermatwin.population import draw_people
from dermatwin.trial.chunk import DOWNTIME, MEAN, PAIN, SPREAD, column
from dermatwin.trial.drawing import Bench
from dermatwin.trial.eligible import Enrolled
from dermatwin.trial.loading import plan_of
from dermatwin.trial.pool import Pool

SEVERITY = 40.0  # on a scale of 0 to 84
FINE = 1e-6  # a step that nobody sees


def document(**changes: Any) -> dict[str, Any]:
    """Needling against nothing, read twice; keywords take the place of what stands at the top."""
    return {
        "population": "acne_scar_us",
        "people": 40,
        "design": "parallel",
        "zones": [{"zone": "cheek", "area": "60 cm^2", "concerns": [{"concern": "acne_scar"}]}],
        "course": {
            "device": "dermaroller_mf8",
            "start": "2026-01-12",
            "sessions": {"count": 3, "interval": "4 weeks"},
            "settings": {"cheek": {"needle_length": "1.5 mm", "passes": 15}},
        },
        "arms": [{"name": "needling"}, {"name": "untreated", "role": "untreated"}],
        "visits": [{"time": "12 weeks"}, {"time": "24 weeks"}],
        "randomisation": {"block": 4},
        "exclude": {"screened": "nobody"},
        "raters": {"step": FINE},
        "pool": {"lots": 4, "worlds": 0},
        **changes,
    }


def known_pool(
    raw: dict[str, Any], means: tuple[Any, ...], spread: float = 0.2, pain: float = 0.0, severity: float | None = SEVERITY
) -> Pool:
    """A pool in which every person of an arm improves by its mean on the average; a mean may differ by lot, (lot,)."""
    plan = plan_of(raw)
    lots, lot = plan.document.pool.lots, plan.lot
    count = lots * lot
    people = draw_people(plan.preset, Luck(5, count))
    if severity is not None:
        people.severity[:] = severity
    table = {SPREAD: np.full(count, spread), "person": people.number}
    for arm, mean in zip(plan.document.arms, means, strict=True):
        for day in plan.reading_days:
            table[column(arm.name, MEAN, day)] = np.repeat(np.broadcast_to(mean, lots).astype(float), lot)
        for session in range(1, plan.sessions + 1):
            table[column(arm.name, PAIN, session)] = np.full(count, pain)
            table[column(arm.name, DOWNTIME, session)] = np.zeros(count)
    for name in plan.cases:
        if name not in {arm.name for arm in plan.document.arms}:  # a session missed: nothing is gained
            for day in plan.reading_days:
                table[column(name, MEAN, day)] = np.zeros(count)
    return Pool(plan, people, table, lots, lot, 0, Enrolled(people, count, {}))


def bench(raw: dict[str, Any], means: tuple[Any, ...], **more: Any) -> Bench:
    """What trials of a known pool are drawn from, what nobody knows at its median."""
    return Bench(known_pool(raw, means, **more), 1, False)
