"""What several test folders share: how examples are drawn, and one run to look at. What tests are made of: `builders`."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a failure is of the change and not of the day; `make explore` draws new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text(encoding="utf-8").splitlines())  # by `make costs`
EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))


def pytest_collection_modifyitems(items):
    for item in items:
        if item.nodeid in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def make_case():
    """Build a `Case` from the small case with changes."""
    from builders import case_of

    return case_of


@pytest.fixture(scope="session")
def small_run(make_case):
    """One run of the small case, shared by tests that only look."""
    from dermatwin.twin import simulate

    return simulate(make_case(), draws=40, seed=7)
