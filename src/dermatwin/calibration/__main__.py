"""`python -m dermatwin.calibration [needling | permeability | healing | outcome | confirm [NAME ...]]`

`needling` (the default) fits insertion and closure and takes about half an hour on two cores, `permeability` fits the
intact stratum corneum and takes some minutes, `healing` fits the wound's network and takes about half an hour,
`outcome` pools the clinical trials and takes some minutes. The product reads what this writes; it never fits while it runs.

A fit is stale once a prior that it used, a row that took part or a file of its model has changed: then the evidence is
refused until it is fitted anew. Where code or tables changed but not what the model says, `confirm` renews the digests of
the fits that are named (of all where none is): it computes the likelihood at fixed draws, which must agree. While you work
on a model, DERMATWIN_STALE_FITS=1 in the environment lets the evidence load with stale fits; its runs say so.

Exit status: 0 done, 1 an input is wrong or a fit cannot be confirmed.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.errors import CaseError, EvidenceError, Fault
from ..evidence import Evidence
from ..evidence.store import DATA
from . import fitting, mending, outcome, permeating
from .grounds import GROUNDS
from .stamp import confirmed, refit, stamped, written

FITS = tuple(GROUNDS)
CONFIRM = "confirm"
Made = tuple[dict[str, Any], dict[str, str]]
"""The record of a fit, and its tables as text by file."""


def main(words: Sequence[str] | None = None) -> int:
    """Fit and write the tables of one posterior with its record, or confirm some; the exit status."""
    options = argparse.ArgumentParser(
        prog="python -m dermatwin.calibration", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("fit", nargs="?", choices=(*FITS, CONFIRM), default=FITS[0])
    options.add_argument("names", nargs="*", metavar="NAME", help=f"with '{CONFIRM}': fits, of {', '.join(FITS)}")
    options.add_argument("--out", type=Path, default=DATA, help="folder of evidence to write into")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args(words)
    try:
        _require_known(chosen.names, FITS if chosen.fit == CONFIRM else ())
        if chosen.fit == CONFIRM:
            return confirm(chosen.names or FITS, chosen.out)
        fit(chosen.fit, chosen.out, chosen.seed, chosen.workers)
    except (CaseError, EvidenceError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _require_known(names: Sequence[str], known: Sequence[str]) -> None:
    wanted = f"is none of {', '.join(known)}" if known else f"is too much: names follow '{CONFIRM}'"
    faults = [Fault("NAME", repr(name), wanted) for name in names if name not in known]
    if faults:
        raise CaseError(faults)


def fit(name: str, out: Path, seed: int, workers: int) -> None:
    """Make one fit and write what it is, with all that it stands on."""
    evidence, grounds = Evidence.packaged(even_stale=True), GROUNDS[name]
    record, tables = MAKERS[name](evidence, seed, workers)
    whole = stamped(name, record, tables[grounds.table].splitlines(), evidence)
    for path, text in (tables | {grounds.record: written(whole)}).items():
        write(out / path, text)


def confirm(names: Sequence[str], out: Path) -> int:
    """Renew the digests of fits whose model says what it said; 1 where one does not."""
    evidence, refused = Evidence.packaged(even_stale=True), False
    for name in names:
        text, against = confirmed(name, out, evidence)
        if text:
            write(out / GROUNDS[name].record, text)
            print(f"{name}: confirmed")
        else:
            print("\n".join((*against, f"{name}: not confirmed; fit anew: {refit(name)}")), file=sys.stderr)
        refused = refused or not text
    return int(refused)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(path.suffix + ".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _needling(evidence: Evidence, seed: int, workers: int) -> Made:
    problem, fits = fitting.fit_all(evidence, seed, workers)
    return fitting.record(problem, fits, seed), {"posteriors/needling.csv": fitting.table(problem, fits)}


def _permeability(evidence: Evidence, seed: int, workers: int) -> Made:
    problem, fits = permeating.fit_all(evidence, seed, workers)
    tables = permeating.tables(problem, fits)
    return permeating.record(problem, fits, seed), {f"{name}.csv": _csv(rows) for name, rows in tables.items()}


def _healing(evidence: Evidence, seed: int, workers: int) -> Made:
    problem, fits = mending.fit_all(evidence, seed, workers)
    return mending.record(problem, fits, seed), {"posteriors/healing.csv": _csv(mending.table(problem, fits))}


def _outcome(evidence: Evidence, seed: int, workers: int) -> Made:
    fits = outcome.fit_all(evidence, seed, workers)
    return outcome.record(fits, seed), {GROUNDS["outcome"].table: _csv(outcome.table(fits))}


MAKERS = {"needling": _needling, "permeability": _permeability, "healing": _healing, "outcome": _outcome}


def _csv(rows: permeating.Table) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    sys.exit(main())
