"""What a biopsy, wound fluid or a microscope reads from a course of tissue: rows about healing, one way of reading each.

A study's changes are larger or smaller than the model's by a factor of the study, and one figure strays further by the
discrepancy; both sizes are evidence and are inferred with the network. A direction is what a study of usual size would
report: the change plus what it may miss. Times of cells carry the study's tempo, which `wounds` puts into the rates.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ..core.units import factor
from ..evidence import Draws
from ..evidence.rows.knowledge import ReadingRow
from ..healing import kernel_generated as kernel
from ..healing.injury import channel_radius, gap_radius
from ..healing.person import epithelial_front
from ..healing.read_out import duration, peak_time
from .experiment import species_of
from .insertion import bound_of
from .laboratory import discrepancy, unstated
from .prediction import Answer, NotPredicted, Prediction
from .protocol import case_of, protocol_of
from .rows import Row
from .spread import study_mean
from .wounds import HORIZONS, Bench, Course, amplitude, another_wound, front, kind_of, needled, new_collagen, wounded

Read = Callable[[Course, Draws], np.ndarray]
NO_KIND = "another wound than a needle column, of a kind that the network has no lane for"
LATEST = 360.0  # d after the last session: a study that does not say when it looked has looked by then
MOST = 0.5  # of the drawn people must have been pierced
NUMBER = r"(-?\d+(?:\.\d+)?)"


class Unreadable(Exception):
    """A row that cannot be read as a course; says why."""


def course_of(row: Row, layer: str, bench: Bench, draws: Draws) -> Course:
    """The row's course; rows of one study share it."""
    species, study = species_of(row["species"]), row["source"]
    kind = kind_of(row) if another_wound(row) else ""
    if kind is None:
        raise Unreadable(NO_KIND)
    if species is None or re.search(r"3D|in vitro", row["species"]):
        raise Unreadable(f"the species {row['species']!r} is not in the catalogue of skin")
    day, who = row.number("time_d"), draws is bench.laboratory.people
    if day is not None and not 0.0 <= day < HORIZONS[-1]:
        raise Unreadable(f"day {day:g} is not within a course")
    if kind:
        reach = LATEST if day is None else max(day, 1.0)
        key = ("wound", who, kind, species, study, next((h for h in HORIZONS if h > reach), reach))
        return bench.laboratory.once(key, lambda: wounded(kind, species, reach, study, bench, draws))
    protocol = protocol_of(row, species, bench.laboratory.people)
    until = protocol.interval_d * (protocol.sessions - 1) + LATEST if day is None else day
    key = ("needled", who, protocol, layer, study, until)
    return bench.laboratory.once(key, lambda: needled(protocol, layer, until, study, bench, draws))


def _read(row: Row, entry: ReadingRow, bench: Bench, read: Read) -> tuple[np.ndarray, np.ndarray]:
    """What people and what is known of them read, (draw,) each."""
    found = [read(course_of(row, entry.layer or "papillary_dermis", bench, draws), draws) for draws in bench.pair]
    return found[0], found[-1]


def _mean(row: Row, bench: Bench, people: np.ndarray, known: np.ndarray, *, log: bool = False) -> np.ndarray:
    """Draws of the study's mean; NaN where the network failed."""
    done = np.isfinite(people) & np.isfinite(known)
    if not done.any():
        return np.full(len(people), np.nan)
    full, base = (np.where(done, values, np.median(values[done])) for values in (people, known))
    luck, process, n, sd = bench.laboratory.people.luck, f"{row.file}:{row.line}", row.number("n"), row.number("sd")
    mean = study_mean(full, base, n, luck, process, sd=None if log else sd, log=log)
    if log and sd:  # what the measurement is worth, relative to what was measured: predictions span decades
        worth = sd / (row.number("value") or sd) / np.sqrt(n or 1.0)
        mean = mean * np.exp(worth * luck.normal("chance", f"{process}:measurement")[:, 0])
    return np.where(done, mean, np.nan)


def _day(row: Row, course: Course, draws: Draws) -> float | np.ndarray:
    """The stated day, else one that is unknown, (lane,)."""
    stated = row.number("time_d")
    return course.last + unstated("unstated_biopsy_day", "d", row["source"], draws) if stated is None else stated


def change(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Change of a sum of states from their start [%]; of what starts at nothing, in per cent of a full-thickness peak."""

    def read(course: Course, draws: Draws) -> np.ndarray:
        later, start = (
            np.sum([course.at(day, name) for name in entry.name.split("+")], axis=0)
            for day in (_day(row, course, draws), 0.0)
        )
        return 100.0 * (later - start) / np.where(start > 0.0, start, 1.0)

    return _changed(row, entry, bench, read)


def opposite(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """The direction of what falls when a state rises."""
    found = change(row, entry, bench)
    assert isinstance(found, Prediction)
    return Prediction(
        -found.draws, found.measured, found.scale, found.quantity, found.bound, found.sign, stands_on=found.stands_on
    )


def ratio(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Change of collagen III over all collagen I [%]."""

    def read(course: Course, draws: Draws) -> np.ndarray:
        third, first, mature = _pools(course, _day(row, course, draws))
        share = _shares(course)
        return 100.0 * (third / (first + mature) / (share[0] / (share[1] + share[2])) - 1.0)

    return _changed(row, entry, bench, read)


def synthesis(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Change of the synthesis of a collagen, I or III [%]."""

    def read(course: Course, draws: Draws) -> np.ndarray:
        return 100.0 * new_collagen(course, _day(row, course, draws), entry.name)

    return _changed(row, entry, bench, read)


def _changed(row: Row, entry: ReadingRow, bench: Bench, read: Read) -> Answer:
    """A change, with the study's own size; a direction where the row or the map asks for one."""
    people, known = _read(row, entry, bench, read)
    draws, value = bench.laboratory.people, row.number("value") or 0.0
    size = amplitude(row["source"], draws)
    stands = _stands(entry, bench)
    if entry.scale == "sign" or row["unit"] == "sign":
        missed = 100.0 * draws("healing_direction_noise", "1") * _noise(row, draws)
        return Prediction(
            size * known + missed,
            value,
            "sign",
            row["quantity"],
            sign=int(np.sign(value)),
            stands_on=stands,
            leans=leans(row, stands, bench),
        )
    if row["unit"] == "fold":
        value = 100.0 * (value - 1.0)
    elif row["unit"] != "%":
        return NotPredicted(f"the unit {row['unit']!r} is not a change")
    mean = _mean(row, bench, people, known)
    strayed = mean * size * discrepancy("healing_discrepancy", row["source"], f"{row['quantity']}:{row.line}", draws)
    return Prediction(
        strayed,
        value,
        "absolute",
        row["quantity"],
        bound_of(row),
        int(np.sign(value)),
        stands_on=stands,
        leans=leans(row, stands, bench),
    )


def _noise(row: Row, draws: Draws) -> np.ndarray:
    return draws.luck.normal("knowledge", f"discrepancy@{row['source']}:{row['quantity']}:{row.line}")[:, 0]


def _pools(course: Course, day: float | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Collagen III, immature and mature collagen I in shares of all collagen at baseline, (lane,) each."""
    third, first, mature = (
        share * course.at(day, name)
        for share, name in zip(_shares(course), ("collagen_iii", "collagen_i", "collagen_mature"), strict=True)
    )
    return third, first, mature


def _shares(course: Course) -> list[np.ndarray]:
    return [
        course.constants[:, kernel.CONSTANTS.index(f"{name}_share")]
        for name in ("collagen_iii", "collagen_i", "collagen_mature")
    ]


def _mature(row: Row, entry: ReadingRow, bench: Bench) -> tuple[np.ndarray, np.ndarray]:
    """Mature collagen's share of all collagen, relative to baseline."""

    def read(course: Course, draws: Draws) -> np.ndarray:
        pools = _pools(course, _day(row, course, draws))
        return pools[2] / np.sum(pools, axis=0) / _shares(course)[2]

    return _read(row, entry, bench, read)


def crosslink(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """A mature cross-link per collagen, from the row's own baseline: it goes with the mature share."""
    baseline = _baseline(row)
    people, known = (baseline * share for share in _mature(row, entry, bench))
    return _figure(row, entry, bench, people, known)


def extractable(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Share of collagen that pepsin extracts [%]: what it leaves goes with the mature share."""
    left = 100.0 - _baseline(row)
    people, known = (100.0 - left * np.minimum(share, 1.0 + _baseline(row) / left) for share in _mature(row, entry, bench))
    mean = _mean(row, bench, people, known)
    return Prediction(
        mean,
        row.number("value") or 0.0,
        "absolute",
        row["quantity"],
        bound_of(row),
        stands_on=_stands(entry, bench),
        leans=leans(row, _stands(entry, bench), bench),
    )


def _baseline(row: Row) -> float:
    found = re.search(NUMBER, row["baseline_or_control"])
    if found is None:
        raise Unreadable("the row's own baseline is not stated")
    return float(found[1])


def relative(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Cells on a day relative to their own peak, times what the study's scale makes of it."""

    def read(course: Course, draws: Draws) -> np.ndarray:
        values = course.hit[..., [kernel.STATES.index(name) for name in entry.name.split("+")]].sum(axis=2)
        now = np.sum([_within(course, name, _day(row, course, draws)) for name in entry.name.split("+")], axis=0)
        return now / values.max(axis=1) * unstated("relative_cells_factor", "1", f"{entry.name} {row['source']}", draws)

    people, known = _read(row, entry, bench, read)
    return _figure(row, entry, bench, people, known)


def _within(course: Course, name: str, day: float | np.ndarray) -> np.ndarray:
    return Course(course.time, course.hit, course.hit, course.constants).at(day, name)


def peak(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Time of a peak after the last session, in the row's unit; a peak on day 0 is one within the sampling interval."""
    return _timed(row, entry, bench, peak_time)


def lasting(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Time until a state stays below a share of its peak."""
    gone = bench.laboratory.people.median("resolved_fraction", "1")
    return _timed(row, entry, bench, lambda time, values: duration(time, values, gone))


def _timed(row: Row, entry: ReadingRow, bench: Bench, when: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Answer:
    if row["unit"] not in ("h", "d"):
        return NotPredicted(f"the unit {row['unit']!r} is not a time")

    def read(course: Course, draws: Draws) -> np.ndarray:
        after = course.time >= course.last
        values = course.hit[:, after][..., [kernel.STATES.index(name) for name in entry.name.split("+")]].sum(axis=2)
        return when(course.time[after] - course.last, values) * factor("d", row["unit"])

    people, known = _read(row, entry, bench, read)
    healed = np.isfinite(people) & np.isfinite(known) & (people > 0.0) & (known > 0.0)
    if healed.mean() < MOST:
        return NotPredicted("too few of the drawn people were pierced by such needles")
    people, known = (np.where(healed, values, np.median(values[healed])) for values in (people, known))
    if row.number("value") == 0.0:
        within = bench.laboratory.people.median("sampling_interval", row["unit"])
        return _figure(row, entry, bench, people, known, measured=within, bound="upper")
    return _figure(row, entry, bench, people, known)


def _figure(
    row: Row,
    entry: ReadingRow,
    bench: Bench,
    people: np.ndarray,
    known: np.ndarray,
    *,
    measured: float | None = None,
    bound: str | None = None,
) -> Answer:
    """A figure on a ratio scale, with measurement and discrepancy."""
    value = row.number("value") if measured is None else measured
    if not value or value <= 0.0:
        return NotPredicted("not a positive figure")
    draws = bench.laboratory.people
    mean = _mean(row, bench, people, known, log=True)
    mean = mean * discrepancy("healing_discrepancy", row["source"], f"{row['quantity']}:{row.line}", draws)
    return Prediction(
        mean,
        value,
        "log",
        row["quantity"],
        bound_of(row) if bound is None else bound,
        stands_on=_stands(entry, bench),
        leans=leans(row, _stands(entry, bench), bench),
    )


def column(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Time to close a laser's columns, or what is left of their area on a day, by the epidermal front alone."""
    kind = kind_of(row)
    if kind not in ("ablative_laser", "nonablative_laser"):
        return NotPredicted(NO_KIND)
    energy = re.search(rf"{NUMBER} ?mJ", row["procedure"])

    def read(draws: Draws) -> np.ndarray:
        radius = unstated(f"wound_column_radius[{kind}]", "mm", row["source"], draws)
        if energy:
            over = float(energy[1]) / draws.median("wound_column_reference_energy", "mJ")
            radius = radius * over ** draws("wound_column_energy_exponent", "1")
        speed, lag = front(kind, draws)
        if row["unit"] in ("h", "d"):
            return (lag + radius / speed) * factor("d", row["unit"])
        elapsed = np.array([row.number("time_d") or 0.0])
        return 100.0 * (gap_radius(elapsed, radius, speed, lag)[:, 0] / radius) ** 2

    people, known = read(bench.laboratory.people), read(bench.laboratory.known)
    if row["unit"] in ("h", "d"):
        return _figure(row, entry, bench, people, known)
    return Prediction(
        _mean(row, bench, people, known),
        row.number("value") or 0.0,
        "absolute",
        row["quantity"],
        bound_of(row),
        stands_on=_stands(entry, bench),
        leans=leans(row, _stands(entry, bench), bench),
    )


def intact(row: Row, entry: ReadingRow, bench: Bench) -> Answer:
    """Share of the surface under a closed epidermis after needling."""
    species, day = species_of(row["species"]), row.number("time_d")
    if another_wound(row) or species is None or day is None:
        return NotPredicted("not the surface of needled skin on a day")
    protocol = protocol_of(row, species, bench.laboratory.people)

    def read(draws: Draws) -> np.ndarray:
        punctures = bench.needles(protocol, draws)[-1]
        speed, lag = epithelial_front(case_of(protocol, 0.0).patient, draws)
        gap = gap_radius(np.array([day]), channel_radius(punctures), speed, lag)[:, 0]
        return np.exp(-0.01 * punctures.density * np.pi * gap**2)

    people, known = read(bench.laboratory.people), read(bench.laboratory.known)
    return Prediction(
        _mean(row, bench, people, known),
        row.number("value") or 0.0,
        "absolute",
        row["quantity"],
        bound_of(row),
        stands_on=_stands(entry, bench),
        leans=leans(row, _stands(entry, bench), bench),
    )


def _stands(entry: ReadingRow, bench: Bench) -> tuple[str, ...]:
    """Quantities of the catalogue behind a reading."""
    known = bench.laboratory.evidence.quantities
    names = [f"mean_{n}" if f"mean_{n}" in known else "collagen_density" for n in entry.name.split("+")]
    return (*dict.fromkeys(names), "wound_reading")


def leans(row: Row, quantities: tuple[str, ...], bench: Bench) -> bool:
    """Whether the row's study is among the sources of a prior behind its prediction; the fit leaves it out anyhow."""
    evidence = bench.laboratory.evidence

    def behind() -> frozenset[str]:
        names = {name for quantity in quantities for name in evidence.stands_on(quantity)}
        return frozenset(source for name in names for source in evidence.prior[name].sources)

    return bool(row.sources & bench.laboratory.once(("sources behind", quantities), behind))


WAYS: dict[str, Callable[[Row, ReadingRow, Bench], Answer]] = {
    "tissue": change,
    "opposite": opposite,
    "ratio": ratio,
    "synthesis": synthesis,
    "crosslink": crosslink,
    "extractable": extractable,
    "cells": relative,
    "peak": peak,
    "lasting": lasting,
    "column": column,
    "intact": intact,
}
