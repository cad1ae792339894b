"""Compile what numba keeps beside the sources, so that the workers of a parallel suite find it and none does it twice.

`make test` and `make quick` run it once after a kernel has changed; a minute or two then, nothing otherwise. What only
tests compile for themselves is left to them.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from builders import case_of, dermatwin
from dermatwin.calibration.outcome import fit, problem
from dermatwin.evidence import Evidence
from dermatwin.report import render
from dermatwin.twin import simulate

EXAMPLE = Path(__file__).parents[1] / "examples" / "dogra_2014.yaml"


def main() -> None:
    """A course with a product on it, its page, a map of punctures, a fit of a few rounds."""
    render(simulate(case_of(), draws=2, seed=1))
    fit(problem(Evidence.packaged()), 1, 4, burn=2)
    with TemporaryDirectory() as folder:
        dermatwin("map", EXAMPLE, "--out", Path(folder) / "map.csv", "--json")


if __name__ == "__main__":
    main()
