"""`python -m dermatwin.calibration [needling | permeability | healing | outcome]`: fit to the packaged rows.

`needling` (the default) fits insertion and closure and takes about half an hour on two cores, `permeability` fits the
intact stratum corneum and takes some minutes, `healing` fits the wound's network and takes about half an hour,
`outcome` pools the clinical trials and takes some minutes. The product reads what this writes; it never fits while it runs.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import yaml

from ..evidence import Evidence
from ..evidence.store import DATA
from ..outcome import pooling
from . import fitting, mending, outcome, permeating

FITS = ("needling", "permeability", "healing", "outcome")


def main() -> None:
    """Fit and write the tables of one posterior with its record."""
    options = argparse.ArgumentParser(prog="python -m dermatwin.calibration", description=__doc__)
    options.add_argument("fit", nargs="?", choices=FITS, default=FITS[0])
    options.add_argument("--out", type=Path, default=DATA, help="folder of evidence to write into")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    made = {"needling": _needling, "permeability": _permeability, "healing": _healing, "outcome": _outcome}[chosen.fit](
        chosen.seed, chosen.workers
    )
    for name, text in made.items():
        write(chosen.out / name, text)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(path.suffix + ".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _needling(seed: int, workers: int) -> dict[str, str]:
    problem, fits = fitting.fit_all(Evidence.packaged(), seed, workers)
    return {
        "posteriors/needling.yaml": _yaml(fitting.record(problem, fits, seed)),
        "posteriors/needling.csv": fitting.table(problem, fits),
    }


def _permeability(seed: int, workers: int) -> dict[str, str]:
    problem, fits = permeating.fit_all(Evidence.packaged(), seed, workers)
    tables = {f"{name}.csv": _csv(rows) for name, rows in permeating.tables(problem, fits).items()}
    return {"posteriors/permeability.yaml": _yaml(permeating.record(problem, fits, seed)), **tables}


def _healing(seed: int, workers: int) -> dict[str, str]:
    problem, fits = mending.fit_all(Evidence.packaged(), seed, workers)
    return {
        "posteriors/healing.yaml": _yaml(mending.record(problem, fits, seed)),
        "posteriors/healing.csv": _csv(mending.table(problem, fits)),
    }


def _outcome(seed: int, workers: int) -> dict[str, str]:
    fits = outcome.fit_all(Evidence.packaged(), seed, workers)
    return {pooling.RECORD: _yaml(outcome.record(fits, seed)), pooling.TABLE: _csv(outcome.table(fits))}


def _yaml(record: dict) -> str:
    return yaml.safe_dump(record, sort_keys=False, width=120, allow_unicode=True)


def _csv(rows: permeating.Table) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    main()
