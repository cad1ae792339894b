"""What several test folders share: the examples, and small cases that run fast."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a failure is of the change and not of the day; `make explore` draws new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))


def small_case(**changes):
    """A one-zone, two-session case as plain data; `changes` replaces top-level keys."""
    document = {
        "patient": {"age": "40 yr", "sex": "female", "phototype": "III", "body_weight": "65 kg"},
        "zones": [
            {
                "zone": "cheek",
                "area": "50 cm^2",
                "concerns": [{"concern": "acne_scar", "scale": "goodman_baron_quantitative", "severity": 16}],
            }
        ],
        "course": {
            "device": "pen-12",
            "start": "2026-01-12",
            "sessions": {"count": 2, "interval": "4 weeks"},
            "settings": {"cheek": {"needle_length": "1.5 mm", "passes": 4, "hand_speed": "3 cm/s"}},
            "topicals": [{"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}],
        },
        "horizon": "40 weeks",
    }
    return {**document, **changes}


@pytest.fixture(scope="session")
def make_case():
    """Build a `Case` from the small case with changes."""
    from dermatwin.case import Case

    return lambda **changes: Case.model_validate(small_case(**changes))


@pytest.fixture(scope="session")
def small_run(make_case):
    """One run of the small case, shared by tests that only look."""
    from dermatwin.twin import simulate

    return simulate(make_case(), draws=40, seed=7)
