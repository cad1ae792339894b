"""`python -m dermatwin.calibration`: fit insertion and closure to the packaged rows and write the posterior as evidence.

Takes about half an hour on two cores. The product reads what this writes; it never fits while it runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from ..evidence.store import DATA
from .fitting import fit_all, record, table

NAME = "needling"


def main() -> None:
    """Fit and write `needling.csv` with its record `needling.yaml`."""
    options = argparse.ArgumentParser(prog="python -m dermatwin.calibration", description=__doc__)
    options.add_argument("--out", type=Path, default=DATA / "posteriors", help="folder to write into")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    problem, fits = fit_all(chosen.seed, chosen.workers)
    chosen.out.mkdir(parents=True, exist_ok=True)
    made = {chosen.out / f"{NAME}.yaml": yaml.safe_dump(record(problem, fits, chosen.seed), sort_keys=False, width=120),
            chosen.out / f"{NAME}.csv": table(problem, fits)}
    for path, text in made.items():
        draft = path.with_suffix(path.suffix + ".part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


if __name__ == "__main__":
    main()
