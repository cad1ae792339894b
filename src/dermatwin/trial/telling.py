"""Results as plain data, and one simulated trial in the field's layout (subjects and efficacy, as ADaM names them)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from ..core.vocabulary import PHOTOTYPES
from .running import Results

SUBJECTS = (
    "STUDYID", "USUBJID", "SUBJID", "AGE", "AGEU", "SEX", "PHOTOTYP", "WEIGHTBL", "SMOKEFL", "DIABFL", "SEVBL",
    "ARM", "TRT01P", "TRTSEQP", "RANDFL", "EOSSTT", "EOSDY",
)  # fmt: skip
EFFICACY = (
    "STUDYID", "USUBJID", "TRTP", "LAT", "APERIOD", "PARAMCD", "PARAM", "AVISIT", "AVISITN", "ADY", "AVAL", "BASE", "CHG",
    "PCHG", "ABLFL", "ANL01FL",
)  # fmt: skip
NOTE = "simulated people: nobody of these exists"


def told(found: Results) -> dict[str, Any]:
    """Results as plain data for JSON."""
    plan = found.plan
    return {
        "title": plan.document.title,
        "design": plan.document.design,
        "people": plan.document.people,
        "compared": [arm.name for arm in plan.compared],
        "scale": plan.scale.id,
        "concern": plan.concern,
        "method": plan.document.analysis.method,
        "estimand": plan.document.analysis.estimand,
        "power": asdict(found.power),
        "assurance": None if found.assurance is None else asdict(found.assurance),
        "naive": [asdict(one) for one in found.naive],
        "sizes": [asdict(size) for size in found.sizes],
        "people_wanted": found.wanted,
        "power_aimed_at": plan.document.analysis.power,
        "population": {
            "name": plan.preset.name,
            "asked": found.pools[0].asked.asked,
            "left_out": found.pools[0].asked.reasons,
            "failed": sum(pool.failed for pool in found.pools),
        },
        "seed": found.seed,
        "evidence": plan.evidence.fingerprint,
        "notes": list(notes(found)),
    }


def notes(found: Results) -> Iterator[str]:
    """What has to be known to read the numbers."""
    plan = found.plan
    yield "Monte Carlo errors are one standard error between lots of people; every lot lives in one world."
    yield "Nothing here was measured: it is what trials see if the twin is right; what nobody knows is in the assurance."
    if plan.document.design != "parallel":
        rho = plan.evidence.parameters["side_correlation"]
        assumed = f"grade {rho.grade}, {rho.low:g} to {rho.high:g} in the assurance"
        yield f"Responses of halves or periods of one person have a correlation of {rho.value:g} ({assumed})."
    if plan.document.design == "crossover":
        yield "A change that lasts carries over: the second period begins with what the first has left."
        yield "What tissue of the first period gains in the second is not in this: distrust a crossover of remodelling."
    if plan.document.missed_sessions or plan.document.leaving.at_random or plan.document.leaving.pain:
        yield "A session that is lost costs what losing the middle one costs; several cost so many times that."
    yield f"Ages are computed in bands of {plan.evidence.parameters['age_band'].value:g} years."
    if plan.document.analysis.estimand == "hypothetical":
        yield "Who leaves is left out (of earlier visits, only the mixed model makes use)."
    if plan.scale.grade == "E":
        yield f"Of the {plan.scale.title} something is assumed: {plan.scale.note or 'its range'}."


def subjects(found: Results, trial: int = 0) -> str:
    """One simulated trial, one row a person (ADSL)."""
    return _table(SUBJECTS, _subjects(found, trial))


def efficacy(found: Results, trial: int = 0) -> str:
    """The same trial, one row a reading (ADEFF)."""
    return _table(EFFICACY, _efficacy(found, trial))


def _table(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _study(found: Results) -> str:
    return f"DERMATWIN-{found.seed}"


def _treatments(found: Results, trial: int, person: int) -> tuple[str, ...]:
    """What a person gets, in order: one arm, or both of the comparison (left first, or the first period first)."""
    drawn, plan = found.example, found.plan
    if plan.document.design == "parallel":
        return (plan.document.arms[drawn.arm[trial, person]].name,)
    names = tuple(arm.name for arm in plan.compared)
    return names if drawn.arm[trial, person] == 0 else names[::-1]


def _subjects(found: Results, trial: int) -> Iterator[dict[str, Any]]:
    drawn, people, study = found.example, found.bench.pool.people, _study(found)
    last = found.plan.document.visits[-1].time
    for person, who in enumerate(drawn.person[trial]):
        got, left = _treatments(found, trial, person), drawn.left[trial, person]
        yield {
            "STUDYID": study,
            "USUBJID": f"{study}-{person + 1:04d}",
            "SUBJID": f"{person + 1:04d}",
            "AGE": int(people.age[who]),
            "AGEU": "YEARS",
            "SEX": "F" if people.female[who] else "M",
            "PHOTOTYP": PHOTOTYPES[people.phototype[who]],
            "WEIGHTBL": f"{people.body_weight[who]:.1f}",
            "SMOKEFL": _flag(people.smoker[who]),
            "DIABFL": _flag(people.diabetes[who]),
            "SEVBL": f"{drawn.baseline[trial, person, 0]:.4g}",
            "ARM": " / ".join(got),
            "TRT01P": got[0],
            "TRTSEQP": " / ".join(got) if found.plan.document.design == "crossover" else "",
            "RANDFL": "Y",
            "EOSSTT": "DISCONTINUED" if np.isfinite(left) else "COMPLETED",
            "EOSDY": f"{min(left, last) + 1:.0f}",
        }


def _flag(has: Any) -> str:
    return "Y" if has else "N"


def _efficacy(found: Results, trial: int) -> Iterator[dict[str, Any]]:
    drawn, plan, study = found.example, found.plan, _study(found)
    code = plan.scale.id.upper().replace("_", "")[:8]
    visits = [visit.time for visit in plan.document.visits]
    for person in range(drawn.person.shape[1]):
        got = _treatments(found, trial, person)
        names = tuple(arm.name for arm in plan.compared)
        for slot in range(drawn.baseline.shape[2]):
            treatment = got[0] if len(got) == 1 else names[slot]
            place = got.index(treatment)
            base = drawn.baseline[trial, person, slot]
            shared = {
                "STUDYID": study,
                "USUBJID": f"{study}-{person + 1:04d}",
                "TRTP": treatment,
                "LAT": ("LEFT", "RIGHT")[place] if plan.document.design == "split_face" else "",
                "APERIOD": place + 1 if plan.document.design == "crossover" else 1,
                "PARAMCD": code,
                "PARAM": plan.scale.title,
                "BASE": f"{base:.4g}",
            }
            yield {
                **shared,
                "AVISIT": "Baseline",
                "AVISITN": 0,
                "ADY": 1,
                "AVAL": f"{base:.4g}",
                "ABLFL": "Y",
                "ANL01FL": "Y",
            }
            for number, day in enumerate(visits):
                if not drawn.seen[trial, person, slot, number]:
                    continue
                value = drawn.reading[trial, person, slot, number]
                change = value - base
                yield {
                    **shared,
                    "AVISIT": f"Day {day:g}",
                    "AVISITN": number + 1,
                    "ADY": f"{day + 1:g}",
                    "AVAL": f"{value:.4g}",
                    "CHG": f"{change:.4g}",
                    "PCHG": f"{100.0 * change / base:.4g}" if base else "",
                    "ABLFL": "",
                    "ANL01FL": "Y",
                }
