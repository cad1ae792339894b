"""What the model of each fit is made of: files of the package and tables of the evidence, by name.

A path without a suffix stands for a whole stage. That nothing is missing here is tested: what runs while a fit is probed
must be named. Left out is what only carries values from file to model (the loader, checks that raise, the sampler).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

EVERYWHERE = (
    "core/factors.py",
    "core/notebook.py",
    "core/spelling.py",
    "core/units.py",
    "core/vocabulary.py",
    "core/wording.py",
    "evidence/distribution.py",
    "evidence/draws.py",
    "evidence/pages.py",
    "calibration/luck.py",
)
LABORATORY = tuple(f"validation/{name}.py" for name in ("experiment", "laboratory", "prediction", "rows", "spread"))


@dataclass(frozen=True)
class Grounds:
    """Files of a fit.

    record, table : what it left behind. measured : its file of measurements, or two. model : files and stages of the
    package. tables : of the evidence, joint draws of another fit among them. all_rows : whether rows of studies that do not
    take part speak, too (an assumed baseline, a pair of log Kow).
    """

    record: str
    table: str
    measured: tuple[str, ...]
    model: tuple[str, ...]
    tables: tuple[str, ...]
    all_rows: bool = False

    def programs(self, code: Path) -> tuple[str, ...]:
        """Paths of all files of the model within the package."""
        named = (code / name for name in (*EVERYWHERE, *self.model))
        files = (file for path in named for file in ([path] if path.suffix else path.rglob("*.py")))
        return tuple(sorted({file.relative_to(code).as_posix() for file in files}))


GROUNDS = {
    "needling": Grounds(
        "posteriors/needling.yaml",
        "posteriors/needling.csv",
        ("measurements/insertion.csv", "measurements/closure.csv"),
        (
            "insertion",
            "barrier",
            "skin",
            "case/document.py",
            "flows.py",
            *LABORATORY,
            "validation/insertion.py",
            "validation/closure.py",
            "validation/validate.py",
            "validation/usual.py",
            "calibration/likelihood.py",
            "calibration/needling.py",
        ),
        ("regions.csv", "sites.csv"),
    ),
    "permeability": Grounds(
        "posteriors/permeability.yaml",
        "posteriors/permeability.csv",
        ("measurements/permeability_intact.csv",),
        (
            *(f"delivery/{name}.py" for name in ("aqueous", "course", "experiment", "solute", "stratum", "tissue")),
            "validation/compound.py",
            "validation/permeability.py",
            "validation/rows.py",
            "calibration/permeability.py",
            "calibration/scatter.py",
        ),
        ("compound_properties.csv",),
        all_rows=True,
    ),
    "healing": Grounds(
        "posteriors/healing.yaml",
        "posteriors/healing.csv",
        ("measurements/healing_timecourse.csv",),
        (
            "insertion",
            "pattern",
            "skin",
            "device",
            *(f"healing/{name}.py" for name in ("course", "injury", "kernel_generated", "person", "read_out", "tissue")),
            *(f"numerics/{name}.py" for name in ("octet", "rosenbrock")),
            *(f"history/{name}.py" for name in ("dates", "flags", "question")),
            "case/document.py",
            "evidence/timetable.py",
            "flows.py",
            "naming.py",
            "screening/known.py",
            "twin/resolve.py",
            *LABORATORY,
            *(f"validation/{name}.py" for name in ("biopsy", "healing", "insertion", "protocol", "wounds")),
            "calibration/likelihood.py",
            "calibration/needling.py",
            "calibration/healing.py",
        ),
        (
            "regions.csv",
            "sites.csv",
            "device_kinds.csv",
            "devices.csv",
            "modifiers.csv",
            "validation_map.csv",
            "posteriors/needling.csv",
        ),
    ),
    "outcome": Grounds(
        "outcome_effects.yaml",
        "outcome_effects.csv",
        ("measurements/outcomes.csv",),
        (
            "device/kind.py",
            *(f"outcome/{name}.py" for name in ("arms", "pooling", "prediction", "response", "scales", "tissue")),
            *(f"calibration/{name}.py" for name in ("gibbs", "outcome", "trials")),
        ),
        ("scales.csv", "concerns.csv", "device_kinds.csv"),
        all_rows=True,
    ),
}
