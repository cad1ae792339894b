"""How long a whole run takes, first and warm, and what it costs to write it and to read it again.

The case: four sessions, two zones, two products, one year, 200 draws. `benchmarks/healing.py` compares the solver
with other programs.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dermatwin.case import Case

CASE = Case.model_validate(
    {
        "patient": {"age": "45 yr", "sex": "female", "phototype": "III", "body_weight": "65 kg"},
        "zones": [
            {"zone": "cheek", "area": "60 cm^2", "concerns": [{"concern": "acne_scar"}]},
            {"zone": "forehead", "area": "40 cm^2", "concerns": [{"concern": "wrinkles"}]},
        ],
        "course": {
            "device": "pen-12",
            "start": "2026-01-12",
            "sessions": {"count": 4, "interval": "4 weeks"},
            "settings": {
                "cheek": {"needle_length": "1.5 mm", "passes": 4, "hand_speed": "3 cm/s"},
                "forehead": {"needle_length": "0.75 mm", "passes": 4, "hand_speed": "3 cm/s"},
            },
            "topicals": [
                {"product": "lidocaine 4 % cream", "dose": "1 mg/cm^2", "apply": "-30 min", "remove": "-5 min"},
                {"product": "hyaluronic acid gel", "dose": "10 mg/cm^2", "apply": "0 min"},
            ],
        },
        "horizon": "52 weeks",
    }
)


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that an action takes, and what it gives."""
    begin = time.perf_counter()
    found = action()
    return time.perf_counter() - begin, found


def measure(draws: int = 200) -> dict[str, float]:
    from dermatwin.report import render
    from dermatwin.twin import recall, simulate, write_run

    first, _ = timed(lambda: simulate(CASE, draws=draws, seed=1))
    warm, run = timed(lambda: simulate(CASE, draws=draws, seed=2))
    drawing, page = timed(lambda: render(run))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        write_run(run, folder)  # what is imported does not count
        writing, _ = timed(lambda: write_run(run, folder, force=True))
        reading, _ = timed(lambda: recall(folder))
        size = (folder / "run.nc").stat().st_size
    return {
        "draws": draws,
        "first_s": first,
        "warm_s": warm,
        "report_s": drawing,
        "report_kB": len(page) / 1000,
        "write_s": writing,
        "reread_s": reading,
        "run_MB": size / 1e6,
        "endpoints": len(run.endpoints),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
