"""The chain pinned: what every example and corner case came to when it was last looked at, in `chain/<case>.csv`.

    python tests/reference/chain.py --write      writes the tables anew: look at the difference before you commit it
    python tests/reference/chain.py              says what moved

Each line is one number that leaves the twin: the band, grade and counts of an endpoint, the mean over time of a curve, a
guard, a prediction beside what was observed, and the verdict with its findings. A number has moved where it is more than
2 % off; near zero, where it is off by more than a thousandth of its band. The tables say nothing of whether a number is
right, only that the glue between the stages still does what it did.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dermatwin import load_case, simulate, summarise
from dermatwin.twin import Endpoint, Run

ROOT = Path(__file__).parents[2]
CASES = {path.stem: path for folder in ("examples", "tests/cases") for path in sorted((ROOT / folder).glob("*.yaml"))}
TABLES = Path(__file__).parent / "chain"
DRAWS, SEED = 40, 1
TOLERANCE = 0.02
NEAR_NOTHING = 1e-3  # share of the band that a number near zero may be off
COLUMNS = ("kind", "name", "zone", "day", "unit", "p05", "median", "p95", "said")

Row = dict[str, str]
Key = tuple[str, ...]


def rows_of(run: Run) -> list[Row]:
    """Everything that is pinned of a run, each number with four digits."""
    return [*_verdict(run), *_endpoints(run), *_curves(run), *_guards(run), *_observations(run)]


def _row(kind: str, name: str, numbers: tuple[float | None, ...] = (), **more: object) -> Row:
    low, middle, high = map(_number, numbers or (None, None, None))
    cells = {"kind": kind, "name": name, "p05": low, "median": middle, "p95": high}
    return dict.fromkeys(COLUMNS, "") | cells | {key: "" if value is None else str(value) for key, value in more.items()}


def _number(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.4g}"


def _verdict(run: Run) -> Iterator[Row]:
    yield _row("verdict", "screening", said=run.screening.verdict)
    for found in run.screening.findings:
        yield _row("finding", found.rule, zone=found.zone, said=f"{found.level} {found.concern or ''}".strip())


def _endpoints(run: Run) -> Iterator[Row]:
    for end in run.endpoints:
        day = None if end.time_days is None else f"{end.time_days:g}"
        said = f"grade {end.grade}" + (f", {end.failed} failed" if end.failed else "") + _counted(end)
        yield _row("endpoint", end.name, end.band, zone=end.zone, day=day, unit=end.unit, said=said)


def _counted(end: Endpoint) -> str:
    """Events among people behind a risk: after needling, in reviews, after needles with heat."""
    if end.counts is None:
        return ""
    tallies = end.counts.needled, end.counts.reviewed, end.counts.heated
    return "".join(f", {tally.events} of {tally.people} in {tally.studies}" for tally in tallies)


def _curves(run: Run) -> Iterator[Row]:
    for curve in run.curves:
        means = np.trapezoid(curve.values, curve.time, axis=1) / np.ptp(curve.time)
        low, middle, high = (float(q) for q in np.nanquantile(means, (0.05, 0.5, 0.95)))
        session = None if curve.session is None else f"session {curve.session + 1}"
        yield _row("curve", curve.name, (low, middle, high), zone=curve.zone, day=session, unit=curve.unit)


def _guards(run: Run) -> Iterator[Row]:
    for guard in run.guards:
        amounts = guard.applied, guard.share, guard.limit
        yield _row("guard", guard.what, amounts, unit=guard.unit, said=guard.verdict)


def _observations(run: Run) -> Iterator[Row]:
    for seen in summarise(run)["observations"]:
        band = seen["p05"], seen["median"], seen["p95"]
        said = f"observed {seen['observed']:g}, inside {seen['inside']}, independent {seen['independent']}"
        yield _row(
            "observed", seen["quantity"], band, zone=seen["zone"], day=seen["time_days"], unit=seen["unit"], said=said
        )


def keyed(rows: list[Row]) -> dict[Key, Row]:
    """Rows by what they are about; a name that comes twice is numbered."""
    found: dict[Key, Row] = {}
    for row in rows:
        key = tuple(row[name] for name in ("kind", "name", "zone", "day"))
        number = sum(other[:4] == key for other in found if len(other) == 5) if key in found else 0
        found[(*key, str(number + 1)) if key in found else key] = row
    return found


def differences(expected: list[Row], found: list[Row]) -> list[str]:
    """One line for every number that moved, came or went; those that moved most first."""
    was, now = keyed(expected), keyed(found)
    gone = [f"gone: {_about(key)}" for key in was if key not in now]
    come = [f"new: {_about(key)}" for key in now if key not in was]
    moved = [line for key in was if key in now for line in _moved(key, was[key], now[key])]
    return [*gone, *come, *(text for _, text in sorted(moved, key=lambda one: -one[0]))]


def _moved(key: Key, was: Row, now: Row) -> Iterator[tuple[float, str]]:
    for name in ("unit", "said"):
        if was[name] != now[name]:
            yield math.inf, f"{_about(key)}: {was[name]!r} was expected, {now[name]!r} was found"
    near = NEAR_NOTHING * max((abs(float(was[name])) for name in ("p05", "median", "p95") if was[name]), default=0.0)
    for name in ("p05", "median", "p95"):
        if (was[name] == "") != (now[name] == ""):
            yield math.inf, f"{_about(key)}, {name}: {was[name] or 'nothing'} -> {now[name] or 'nothing'}"
        elif was[name]:
            before, after = float(was[name]), float(now[name])
            if not math.isclose(before, after, rel_tol=TOLERANCE, abs_tol=near):
                share = (after - before) / abs(before) if before else math.inf
                yield abs(share), f"{_about(key)}, {name}: {before:g} -> {after:g} {was['unit']} ({share:+.1%})"


def _about(key: Key) -> str:
    kind, name, zone, day, *_ = key
    return f"{kind} {name}" + (f", {zone}" if zone else "") + (f", {day}" if day else "")


def read(name: str) -> list[Row]:
    """The pinned table of a case."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: list[Row]) -> None:
    """Pin a case."""
    TABLES.mkdir(exist_ok=True)
    with (TABLES / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def simulated(name: str) -> Run:
    """The run behind a table."""
    return simulate(load_case(CASES[name]), draws=DRAWS, seed=SEED)


def main(arguments: list[str]) -> int:
    """Write the tables, or say what moved; 1 where something did."""
    moved = 0
    for name in CASES:
        rows = rows_of(simulated(name))
        if arguments == ["--write"]:
            write(name, rows)
            continue
        told = differences(read(name), rows)
        moved += len(told)
        print(*(f"{name}: {line}" for line in told), sep="\n", end="\n" if told else "")
    return 1 if moved else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
