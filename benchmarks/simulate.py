"""How long a whole run takes, first and warm.

The case: four sessions, two zones, two products, one year, 200 draws. `benchmarks/healing.py` compares the solver
with other programs.
"""

from __future__ import annotations

import json
import time

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


def measure(draws: int = 200) -> dict[str, float]:
    from dermatwin.report import render
    from dermatwin.twin import simulate

    begin = time.perf_counter()
    simulate(CASE, draws=draws, seed=1)
    first = time.perf_counter() - begin
    begin = time.perf_counter()
    run = simulate(CASE, draws=draws, seed=2)
    warm = time.perf_counter() - begin
    begin = time.perf_counter()
    page = render(run)
    return {
        "draws": draws,
        "first_s": first,
        "warm_s": warm,
        "report_s": time.perf_counter() - begin,
        "report_kB": len(page) / 1000,
        "endpoints": len(run.endpoints),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
