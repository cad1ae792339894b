"""A search for courses against a plain loop over `simulate`, and against every course of a space that is small enough.

Six zones and three concerns; processor and wall seconds of the search, the most memory, and what the same number of courses
would cost with `simulate` (from a few of them, timed in the same minute). Before it small spaces, all of whose courses are
looked at: share of the hypervolume of the whole that the search finds with a fifth of the evaluations.

Run: python benchmarks/search.py [COURSES] [PEOPLE]
"""

import resource
import sys
import time

import numpy as np

from dermatwin.case import Case
from dermatwin.evidence import Evidence
from dermatwin.planning import propose
from dermatwin.planning.search import Candidate, Needling, search, space_of
from dermatwin.planning.search.candidate import case_of
from dermatwin.planning.search.front import hypervolume, losses
from dermatwin.planning.search.worth import worth_of
from dermatwin.twin import Twin, simulate

SITES = {
    "cheek": "acne_scar_rolling",
    "temple": "acne_scar_rolling",
    "chin": "acne_scar_rolling",
    "forehead": "wrinkles",
    "upper_lip": "fine_lines",
    "nose": "pores",
}
PERSON = {"age": "42 yr", "sex": "female", "phototype": "III"}


def face(sites):
    """A case with these zones."""
    return Case.model_validate(
        {
            "patient": PERSON,
            "zones": [{"zone": site, "area": "30 cm^2", "concerns": [{"concern": SITES[site]}]} for site in sites],
            "course": {
                "device": "pen-12",
                "start": "2026-03-02",
                "sessions": {"count": 4, "interval": "4 weeks"},
                "settings": {site: {"needle_length": "1 mm", "passes": 4} for site in sites},
            },
            "cabinet": {"devices": ["pen-12", "roller-192"]},
        }
    )


def clocked(work):
    """What comes out, with wall and processor seconds."""
    wall, spent = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - spent


def at_full_size(courses, people):
    """The search, and the plain loop from three of its courses."""
    case = face(SITES)
    found, wall, spent = clocked(lambda: search(case, people, budget=courses))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(found.space.zones)} zones, {found.space.size} courses; looked at {found.tried}; {len(found.offers)} offers")
    print(f"search   {wall:8.1f} s   {spent:8.1f} s of processor   {memory:6.0f} MiB at most")
    some = [candidate for candidate, _ in found.front[:3]]
    _, wall, spent = clocked(lambda: [simulate(case_of(one, found.space), people) for one in some])
    each = spent / len(some)
    print(f"simulate {wall / len(some):8.1f} s   {each:8.1f} s of processor each; all: {each * found.tried[0]:.0f} s")


def whole(space, people):
    """Every course of a space of one zone."""
    twin = Twin(space.case, people)
    every = [
        Candidate(number, count, interval, (Needling(length, passes),))
        for number, own in enumerate(space.devices)
        for length in own.lengths[0]
        for passes in own.passes
        for count in space.counts
        for interval in space.intervals
    ]
    return np.array([worth_of(one, space, twin).objectives for one in every])


def of_small_spaces(people):
    """Share of the hypervolume that the search covers with a fifth of the evaluations."""
    evidence = Evidence.packaged()
    for site in ("cheek", "forehead"):
        case = face([site])
        space = space_of(case, propose(case, evidence), evidence)
        every = losses(whole(space, people))
        width = np.ptp(every, axis=0)
        scaled = (every - every.min(axis=0)) / np.where(width > 0.0, width, 1.0)
        for seed in range(3):
            found = search(case, people, seed=1 + seed, budget=len(every) // 5)
            own = losses(np.array([worth.objectives for _, worth in found.front]))
            reached = (own - every.min(axis=0)) / np.where(width > 0.0, width, 1.0)
            share = hypervolume(reached, np.full(4, 1.1)) / hypervolume(scaled, np.full(4, 1.1))
            print(f"{site:10s} {len(every)} courses, {found.tried[0]} looked at, seed {1 + seed}: {share:.3f} of the volume")


if __name__ == "__main__":
    courses, people = (*map(int, sys.argv[1:]), 1000, 100)[:2] if len(sys.argv) > 2 else (1000, 100)
    of_small_spaces(16)
    at_full_size(courses, people)
