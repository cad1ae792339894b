"""Do our samplers draw from the posteriors that they are meant to draw from? Beside NumPyro (NUTS) and emcee.

Run: python benchmarks/samplers.py [--write FILE] [--reference FILE]. With everything installed it takes some twenty minutes
of two cores, most of them NUTS on the packaged trials. `--write` makes the page docs/benchmarks-samplers.md of it,
`--reference` the moments of the other side that the suite compares with; parts whose rival is missing are left out with a
line that says so, and stay as they are in the reference. The criterion is that of `dermatwin.calibration.agreement`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import yaml
from samplers_rivals import bases_of, log_likelihoods, nuts, stretched

from dermatwin.calibration import outcome
from dermatwin.calibration.agreement import Difference, Moments, apart, batched, moments
from dermatwin.calibration.gibbs import SATURATION, log_likelihood, means
from dermatwin.calibration.rehearsal import made_up, needles, ridge
from dermatwin.calibration.sampler import Target, moved, tempered
from dermatwin.evidence import Evidence
from dermatwin.outcome.pooling import SPREADS

NUMPYRO, EMCEE = ("numpyro", "jax", "jaxlib"), ("emcee",)
GIBBS = {"made-up trials": (8, 40_000), "packaged trials": (8, outcome.ROUNDS)}  # chains, rounds
NUTS = {"made-up trials": (4, 10_000), "packaged trials": (4, 4_000)}  # chains, draws
WARMUP = 1_500
BATCHES = {"gibbs": 6, "nuts": 10, "emcee": 40}  # of each chain
RUNS, LAST = {"ridge": 48, "needles": 16}, 40  # sets of particles, rounds of moves at the end
PARTICLES = 448
EVIDENCE = Evidence.packaged()
EMCEE_STEPS, EMCEE_BURN = {"ridge": (448, 16_000), "needles": (448, 8_000)}, 0.1  # walkers, steps; share left out
STATES = 8  # at which the laws are compared


@dataclass(frozen=True)
class Side:
    """One sampler's say, the seconds it took, and what it tells of itself."""

    who: str
    moments: Moments
    seconds: float
    note: str


@dataclass(frozen=True)
class Meeting:
    """One posterior, drawn by both sides. law : largest difference of the two log densities up to a constant, if two."""

    title: str
    names: tuple[str, ...]
    own: Side
    other: Side
    shown: tuple[str, ...]
    law: float | None = None

    @property
    def difference(self) -> Difference:
        return apart(self.own.moments, self.other.moments)


# --- trials --------------------------------------------------------------------------------------------------------------


def gibbs_side(whole: outcome.Problem, title: str) -> Side:
    chains, rounds = GIBBS[title]
    outcome.fit(whole, 0, 10, burn=0)
    start = time.perf_counter()
    states = np.stack([outcome.fit(whole, seed, rounds, thin=2) for seed in range(1, chains + 1)])
    seconds = time.perf_counter() - start
    note = f"{chains} chains of {rounds} rounds, scale reduction at most {outcome.reduction(states).max():.3f}"
    return Side("ours", moments(batched(states, BATCHES["gibbs"])), seconds, note)


def nuts_side(whole: outcome.Problem, title: str) -> Side:
    chains, draws = NUTS[title]
    start = time.perf_counter()
    found = nuts(whole, 1, draws, WARMUP, chains)
    seconds = time.perf_counter() - start
    note = (
        f"{chains} chains of {draws} draws after {WARMUP}, {found.divergences} divergences, {found.steps:.0f} steps per "
        f"draw, scale reduction at most {outcome.reduction(found.states).max():.3f}"
    )
    return Side("NumPyro", moments(batched(found.states, BATCHES["nuts"])), seconds, note)


def law_states(whole: outcome.Problem) -> tuple[np.ndarray, np.ndarray]:
    """States of the prior with factors of trials' own, at which both sides say how likely the readings are."""
    chance = np.random.Generator(np.random.Philox(1))
    return outcome.prior_draws(whole, STATES, 1), chance.standard_normal((STATES, len(bases_of(whole))))


def own_law(whole: outcome.Problem, states: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """What `gibbs` says of the same."""
    effects, _, scalars = np.split(states, np.cumsum([len(whole.effects), len(SPREADS)]), axis=1)
    on = np.ones(len(whole.system.studies))
    return np.array(
        [
            log_likelihood(whole.system, means(whole.system, e, s[SATURATION], on), s, b).sum()
            for e, s, b in zip(effects, scalars, bases, strict=True)
        ]
    )


def trials_meeting(title: str, whole: outcome.Problem) -> Meeting:
    states, bases = law_states(whole)
    law = float(np.ptp(log_likelihoods(whole, states, bases) - own_law(whole, states, bases)))
    shown = tuple(name for name in whole.kept if ":" not in name)
    return Meeting(title, whole.names, gibbs_side(whole, title), nuts_side(whole, title), shown, law)


# --- particles -----------------------------------------------------------------------------------------------------------


def particles_side(target: Target, coordinates: int, runs: int) -> Side:
    start, states, memory = time.perf_counter(), [], []
    for run in range(runs):
        chance = np.random.Generator(np.random.Philox([1, run]))
        settled = moved(target, tempered(target, coordinates, PARTICLES, chance, rounds=1), chance, rounds=LAST - 1)
        found = moved(target, settled, chance, rounds=1)
        states.append(found.states)
        memory.append(found.memory)
    note = f"{runs} sets of {PARTICLES} particles, memory of one round {np.mean(memory, axis=0).max():.2f} at most"
    return Side("ours", moments(np.stack(states)), time.perf_counter() - start, note)


def emcee_side(target: Target, coordinates: int, title: str) -> Side:
    from emcee.autocorr import integrated_time

    walkers, steps = EMCEE_STEPS[title]
    start = time.perf_counter()
    states = stretched(target, coordinates, walkers, steps, 1)[int(EMCEE_BURN * steps) :]
    seconds, tau = time.perf_counter() - start, integrated_time(states).max()
    note = f"{walkers} walkers, {steps} steps of which a tenth is left out, {tau:.0f} steps of memory at most"
    batches = batched(states.reshape(1, -1, coordinates), BATCHES["emcee"])
    return Side("emcee", moments(batches), seconds, note)


def particle_meetings() -> Iterator[Meeting]:
    coordinates = ("first", "second", "third", "fourth")
    other = emcee_side(ridge(), len(coordinates), "ridge")
    for how, together in (("by blocks", False), ("together", True)):
        own = particles_side(ridge(together=together), len(coordinates), RUNS["ridge"])
        yield Meeting(f"ridge, moved {how}", coordinates, own, other, coordinates)
    two = needles(EVIDENCE)
    other = emcee_side(two.target, len(two.names), "needles")
    for how, whole in (("by blocks", False), ("together, too", True)):
        own = particles_side(replace(two.target, whole=whole), len(two.names), RUNS["needles"])
        yield Meeting(f"needles, moved {how}", two.names, own, other, two.names)


# --- the reference of the suite ------------------------------------------------------------------------------------------


def reference(meetings: Sequence[Meeting]) -> dict[str, Any]:
    """Moments of the other side, and its law at fixed states, by posterior."""
    found: dict[str, Any] = {}
    for one in meetings:
        if one.title == "made-up trials":
            found["trials"] = _moments(one, log_likelihoods(made_up(EVIDENCE), *law_states(made_up(EVIDENCE))), NUMPYRO)
        if one.title == "needles, moved by blocks":
            states = np.random.Generator(np.random.Philox(1)).standard_normal((STATES, len(one.names)))
            found["needles"] = _moments(one, needles(EVIDENCE).target.all(states).sum(axis=1), EMCEE)
    return found


def _moments(one: Meeting, law: np.ndarray, packages: Sequence[str]) -> dict[str, Any]:
    m = one.other.moments
    rows = zip(one.names, m.mean, m.mean_error, m.spread, m.spread_error, strict=True)
    return {
        "made_by": "python benchmarks/samplers.py --reference tests/reference/samplers.yaml",
        "versions": {name: version(name) for name in packages},
        "how": one.other.note,
        "batches": m.batches,
        "columns": ["mean", "error of the mean", "spread", "error of ln spread"],
        "moments": {name: [float(f"{value:.6g}") for value in row] for name, *row in rows},
        "log_likelihood": [float(f"{value:.12g}") for value in law - law[0]],
    }


def remember(path: Path, found: dict[str, Any]) -> None:
    """Write the parts that were made; others stay."""
    old = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    text = yaml.safe_dump({**old, **found}, sort_keys=False, width=120, default_flow_style=None)
    path.write_text(text, encoding="utf-8")


# --- the page ------------------------------------------------------------------------------------------------------------


def summary_line(one: Meeting) -> str:
    d, own, other = one.difference, one.own, one.other
    rms = np.sqrt(np.mean(np.concatenate([d.mean, d.spread]) ** 2))
    law = "the same" if one.law is None else f"{one.law:.0e}"
    return (
        f"| {one.title} | {other.who} | {len(one.names)} | {law} | {d.largest:.1f} | {rms:.2f} | {d.chance:.2f} | "
        f"{d.ratio.min():.3f}-{d.ratio.max():.3f} | {own.moments.effective.min():,.0f} | "
        f"{other.moments.effective.min():,.0f} | {own.seconds:.0f} s | {other.seconds:.0f} s |"
    )


def detail(one: Meeting) -> str:
    d, a, b = one.difference, one.own.moments, one.other.moments
    lines = [
        f"| {name} | {a.mean[n]:.3f} | {b.mean[n]:.3f} | {d.mean[n]:+.1f} | {a.spread[n]:.3f} | {b.spread[n]:.3f} | "
        f"{d.ratio[n]:.3f} | {d.spread[n]:+.1f} | {a.effective[n]:,.0f} | {b.effective[n]:,.0f} |"
        for n, name in enumerate(one.names)
        if name in one.shown
    ]
    return DETAIL.format(title=one.title[0].upper() + one.title[1:], one=one, lines="\n".join(lines))


def groups(one: Meeting) -> str:
    """The same by family of unknowns, those that a study keeps to itself included."""
    d, a, b = one.difference, one.own.moments, one.other.moments
    kinds = np.array([name.partition(":")[0] + (":" if ":" in name else "") for name in one.names])
    lines = [
        f"| {kind}... | {place.sum()} | {np.abs(d.mean[place]).max():.1f} | {np.abs(d.spread[place]).max():.1f} | "
        f"{d.ratio[place].min():.3f}-{d.ratio[place].max():.3f} | {a.effective[place].min():,.0f} | "
        f"{b.effective[place].min():,.0f} |"
        for kind in dict.fromkeys(kinds)
        if kind.endswith(":")
        for place in (kinds == kind,)
    ]
    return GROUPS.format(lines="\n".join(lines))


def shipped(one: Meeting, whole: outcome.Problem) -> str:
    """Effective sizes of the fit that is shipped: as many chains, each as long as the ones here."""
    share = outcome.CHAINS / GIBBS[one.title][0]
    sizes = {name: share * one.own.moments.effective[n] for n, name in enumerate(one.names) if name in whole.kept}
    least = sorted(sizes, key=lambda name: sizes[name])[:5]
    told = ", ".join(f"{name} {sizes[name]:,.0f}" for name in least)
    return SHIPPED.format(
        chains=outcome.CHAINS, rounds=outcome.ROUNDS, least=told, middle=np.median([*sizes.values()]), draws=outcome.DRAWS
    )


def page(meetings: Sequence[Meeting], missing: Sequence[str]) -> str:
    parts = [detail(one) + (groups(one) if one.law is not None else "") for one in meetings]
    parts += [shipped(one, outcome.problem(EVIDENCE)) for one in meetings if one.title == "packaged trials"]
    names = [name for name in (*NUMPYRO, *EMCEE, "numpy", "numba") if find_spec(name)]
    return PAGE.format(
        versions=", ".join(f"{name} {version(name)}" for name in names),
        cores=os.cpu_count(),
        load=os.getloadavg()[0],
        summary="\n".join(summary_line(one) for one in meetings),
        details="\n".join(parts).rstrip("\n"),
        missing="".join(f"\n{line}\n" for line in missing),
    )


PAGE = (
    """# Samplers: do they draw from what they are meant to?

Written by `python benchmarks/samplers.py --write docs/benchmarks-samplers.md`; nothing here is typed by hand. Its rivals are
installed by `pip install '.[reference]'`. {cores} cores, load {load:.1f} at the end; {versions}.

The Gibbs sampler of the trials (`calibration/gibbs.py`) meets the same model written down once more in NumPyro, without
latent readings and without variance factors; tempered particles (`calibration/sampler.py`) meet emcee. Made-up trials, ridge
and needles are `calibration/rehearsal.py`. A difference is counted in standard errors, ours and theirs together; errors are
told from batches (`calibration/agreement.py`) and so are effective sizes: how many independent draws would know the mean as
well. The tails of single studies are long, so that their spreads are known less well than anything else: ratios far from 1
have errors to match.

- *law*: largest difference of the two log likelihoods at {states} states of the prior, up to a constant; emcee asks ours
- *largest*, *rms*: of all differences of means and of ln spreads; rms is 1 if the errors are honest
- *chance*: of a difference as large as the largest, if there is none; below 1 in 1000 would be a disagreement
- *spreads*: least and largest ratio, ours over theirs
- *effective*: size of the unknown that is known least

| posterior | rival | unknowns | law | largest | rms | chance | spreads | effective, ours | theirs | time, ours | theirs |
|---|---|---|---|---|---|---|---|---|---|---|---|
{{summary}}
{{missing}}
{{details}}
""".replace("{states}", str(STATES))
    .replace("{{", "{")
    .replace("}}", "}")
)
DETAIL = """## {title}

Ours: {one.own.note}. {one.other.who}: {one.other.note}.

| unknown | mean, ours | theirs | apart | spread, ours | theirs | ratio | apart | effective, ours | theirs |
|---|---|---|---|---|---|---|---|---|---|
{lines}
"""
GROUPS = """
| family | unknowns | means, largest difference | spreads | ratio of spreads | least effective, ours | theirs |
|---|---|---|---|---|---|---|
{lines}
"""
SHIPPED = """## What the shipped fit is worth

Of {chains} chains of {rounds} rounds, as shipped, half of what is kept has an effective size of {middle:,.0f} or more;
least have {least}. The table of all studies keeps {draws} draws.
"""


def _told(one: Meeting) -> Meeting:
    """Say on the way that a meeting is over: the whole takes long."""
    print(f"{one.title}: largest difference {one.difference.largest:.1f}", file=sys.stderr, flush=True)
    return one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    parser.add_argument("--reference", type=Path, metavar="FILE", help="write the moments that the suite compares with")
    given = parser.parse_args()
    both = (made_up(EVIDENCE), outcome.problem(EVIDENCE))
    jobs = {NUMPYRO: partial(map, trials_meeting, GIBBS, both), EMCEE: particle_meetings}
    absent = [packages for packages in jobs if not all(map(find_spec, packages))]
    meetings = [_told(one) for packages, job in jobs.items() if packages not in absent for one in job()]
    missing = [f"{packages[0]} is not installed and was left out: pip install '.[reference]'." for packages in absent]
    found = page(meetings, missing)
    print(found)
    if given.write:
        given.write.write_text(found, encoding="utf-8")
    if given.reference:
        remember(given.reference, reference(meetings))


if __name__ == "__main__":
    main()
