"""Trials that were held, described as documents: what was printed beside what such a trial would print.

    python -m dermatwin.trial.replication FOLDER OUT.md [--pool DIR]

Each document names the studies that its prediction must not lean on (`leave_out`). Every simulated trial lives in a world of
its own lot; a printed value is placed in the distribution of simulated ones, and the share of significant ones stands beside
whether it was. Trials are predicted as trials yet to be held: the effect is shrunk for what was never printed, which
published trials, being printed, need not follow. Nothing is fitted here.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .document import Published
from .drawing import Bench, Drawn, draw_trials
from .loading import load_trial
from .planned import Plan
from .pool import pooled
from .running import rng_of

PER_WORLD = 5  # numerical: trials that are drawn from each world
SEED = 1
COLUMNS = (
    "trial",
    "people",
    "day",
    "what",
    "printed",
    "simulated: median (5-95 %)",
    "place",
    "was significant",
    "simulated significant",
)
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Beside:
    """One printed value beside the simulated ones."""

    title: str
    study: str
    said: Published
    arm: str
    people: int
    quantiles: tuple[float, ...]
    place: float | None  # share of simulated values below the printed one
    significant: float  # share of simulated trials

    @property
    def inside(self) -> bool | None:
        """Whether the printed value lies within the 5-95 % band; None where no value is printed."""
        return None if self.said.value is None else self.quantiles[0] <= self.said.value <= self.quantiles[-1]


def replicated(
    plan: Plan, study: str, folder: Path | None = None, tell: Callable[[float, str], None] = lambda s, w: None
) -> Iterator[Beside]:
    """Everything that a document says was printed, beside simulated trials."""
    bench = Bench(pooled(plan, SEED, drawn=True, folder=folder, tell=tell), SEED, True)
    drawn = draw_trials(bench, PER_WORLD * bench.pool.lots, plan.document.people, rng_of(SEED, "replication"))
    for said in plan.document.published:
        values, hits = _simulated(bench, drawn, said)
        place = None if said.value is None else float(np.mean(values < said.value))
        arm = said.arm or plan.compared[0].name
        label = f"{arm} against {plan.compared[1].name}" if said.quantity == "difference" else arm
        quantiles = tuple(float(q) for q in np.quantile(values, BAND))
        yield Beside(plan.document.title, study, said, label, plan.document.people, quantiles, place, float(hits.mean()))


def _simulated(bench: Bench, drawn: Drawn, said: Published) -> tuple[np.ndarray, np.ndarray]:
    """The printed quantity in every simulated trial, and whether each is significant."""
    visit = [one.time for one in bench.pool.plan.document.visits].index(said.time)
    if said.quantity == "difference":
        first, kept = _of_arm(bench, drawn, bench.pool.plan.compared[0].name, visit)
        second, kept_too = _of_arm(bench, drawn, bench.pool.plan.compared[1].name, visit)
        if bench.pool.plan.document.design == "parallel":
            return _two(first, kept, second, kept_too)
        return _one(first - second, kept & kept_too)
    gain, kept = _of_arm(bench, drawn, said.arm or bench.pool.plan.compared[0].name, visit)
    mean, hits = _one(gain, kept)
    change = bench.pool.plan.scale.sign * mean
    if said.quantity == "change":
        return change, hits
    base = _base(bench, drawn, said.arm or bench.pool.plan.compared[0].name)
    return change / np.where(kept, base, 0.0).sum(axis=1) * kept.sum(axis=1), hits


def _slot(bench: Bench, arm: str) -> int:
    names = [one.name for one in bench.pool.plan.compared]
    return 0 if bench.pool.plan.document.design == "parallel" else names.index(arm)


def _of_arm(bench: Bench, drawn: Drawn, arm: str, visit: int) -> tuple[np.ndarray, np.ndarray]:
    """Gains of an arm at a visit, and who of it was read."""
    slot, names = _slot(bench, arm), [one.name for one in bench.pool.plan.document.arms]
    mine = drawn.arm == names.index(arm) if bench.pool.plan.document.design == "parallel" else np.ones(drawn.arm.shape, bool)
    return drawn.gain[:, :, slot, visit], mine & drawn.seen[:, :, slot, visit]


def _base(bench: Bench, drawn: Drawn, arm: str) -> np.ndarray:
    return drawn.baseline[:, :, _slot(bench, arm)]


def _one(values: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of trials and whether they differ from nought, Student's t at 0.05."""
    from scipy.special import stdtr

    n = kept.sum(axis=1)
    mean = np.where(kept, values, 0.0).sum(axis=1) / np.maximum(n, 1)
    sd = np.sqrt(np.where(kept, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(n - 1, 1))
    t = np.divide(mean, sd / np.sqrt(np.maximum(n, 1)), out=np.zeros_like(mean), where=sd > 0.0)
    return mean, (2.0 * stdtr(np.maximum(n - 1, 1), -np.abs(t)) <= 0.05) & (mean > 0.0)


def _two(first: np.ndarray, kept: np.ndarray, second: np.ndarray, kept_too: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Differences of means and whether they differ from nought, Welch's z-like t with the smaller arm's freedom."""
    from scipy.special import stdtr

    (n1, n2) = kept.sum(axis=1), kept_too.sum(axis=1)
    m1 = np.where(kept, first, 0.0).sum(axis=1) / np.maximum(n1, 1)
    m2 = np.where(kept_too, second, 0.0).sum(axis=1) / np.maximum(n2, 1)
    v1 = np.where(kept, (first - m1[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(n1 - 1, 1) / np.maximum(n1, 1)
    v2 = np.where(kept_too, (second - m2[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(n2 - 1, 1) / np.maximum(n2, 1)
    t = (m1 - m2) / np.sqrt(np.maximum(v1 + v2, 1e-300))
    return m1 - m2, (2.0 * stdtr(np.maximum(np.minimum(n1, n2) - 1, 1), -np.abs(t)) <= 0.05) & (m1 > m2)


def page(found: Sequence[Beside]) -> str:
    """The table as a page of the docs."""
    valued = [one for one in found if one.inside is not None]
    inside = sum(bool(one.inside) for one in valued)
    half = sum(one.quantiles[1] <= (one.said.value or 0.0) <= one.quantiles[3] for one in valued)
    lines = [
        "# Trials that were held, in silico",
        "",
        "Made by `python -m dermatwin.trial.replication examples/trials/replication docs/replication.md`; do not edit.",
        "Ten open trials are described as documents (`examples/trials/replication`), simulated in worlds drawn without what",
        "the study itself taught, and what was printed is placed among what simulated trials of the same size would print.",
        "They are predicted as trials yet to be held: the effect is shrunk for what was never printed. Nothing was fitted",
        "to this table.",
        "",
        f"Of {len(valued)} printed values {inside} lie within the 5-95 % band of simulated trials, {half} of them between",
        "its quartiles.",
        "To simulate fewer kinds of people, smokers, people with diabetes and who takes isotretinoin are left out.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        low, _, middle, _, high = one.quantiles
        printed = "" if one.said.value is None else f"{one.said.value:.3g}"
        place = "" if one.place is None else f"{100.0 * one.place:.0f} %" + ("" if one.inside else " **outside**")
        was = {True: "yes", False: "no", None: ""}[one.said.significant]
        what = f"{one.said.quantity}, {one.arm.replace('_', ' ')}"
        band = f"{middle:.3g} ({low:.3g} to {high:.3g})"
        cells = (
            one.study,
            one.people,
            f"{one.said.time:g}",
            what,
            printed,
            band,
            place,
            was,
            f"{100.0 * one.significant:.0f} %",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "Notes:", ""]
    noted = dict.fromkeys(f"- {one.study}: {one.said.note}" for one in found if one.said.note)
    return "\n".join([*lines, *noted, ""])


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the page."""
    parser = argparse.ArgumentParser(prog="python -m dermatwin.trial.replication")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pool", type=Path, default=None)
    given = parser.parse_args(arguments)
    found: list[Beside] = []
    for path in sorted(given.folder.glob("*.yaml")):
        print(path.name, flush=True)
        found += replicated(load_trial(path), path.stem, given.pool)
    given.out.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
