"""Where a run comes from: version, seed, draws and fingerprints of the evidence. No clock, so runs can be compared."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from ..core.errors import Notice
from ..evidence import Draws, Evidence


def provenance(draws: Draws, vary: frozenset[str]) -> dict[str, Any]:
    """Plain data that is enough to repeat a run; what was laid over the evidence, and fits that are stale, where there are.

    `overlay` holds the name, digest and rows of each folder that somebody laid over the packaged evidence.
    """
    evidence = draws.evidence
    overlay = [asdict(laid) for laid in evidence.overlays]
    return {
        "program": "dermatwin",
        "version": version("dermatwin"),
        "seed": draws.luck.seed,
        "draws": draws.count,
        **({"first": draws.luck.first} if draws.luck.first else {}),
        "vary": sorted(vary),
        "evidence": evidence.fingerprint,
        **({"overlay": overlay} if overlay else {}),
        **({"stale_fits": list(evidence.stale)} if evidence.stale else {}),
    }


def beyond(kept: int, people: int) -> Notice:
    """That a run holds the stages of some of its people only, and how far their quantiles are known."""
    apart = 100.0 * 1.96 / np.sqrt(kept)
    edge, middle = (apart * np.sqrt(share * (1.0 - share)) for share in (0.05, 0.5))
    said = (
        f"numbers and their bands are those of all {people} people; time courses, pictures, remarks with a share of people, "
        f"excipients and the split of the spread are those of the first {kept}: 5 and 95 % lines then lie within "
        f"{edge:.1f}, medians within {middle:.1f} points of rank in nineteen of twenty cases"
    )
    return Notice("draws", said)


def only_kept(kept: int, people: int) -> Notice:
    """That other evidence could read some people of a run only."""
    return Notice("draws", f"read again by other evidence: the first {kept} of {people} people, whose stages the run keeps")


def mark_of(evidence: Evidence) -> str:
    """What tells one evidence from another: its files, those laid over them, and what was set by hand."""
    set_by_hand = (f"{name}={evidence.parameters[name].value!r}" for name in sorted(evidence.believed))
    return " ".join((evidence.fingerprint, *(laid.digest for laid in evidence.overlays), *set_by_hand))


def remarks(evidence: Evidence) -> tuple[Notice, ...]:
    """What is to be said of the evidence as a whole: fits that do not belong to it."""
    return tuple(
        Notice("evidence", f"the fit '{fit}' was made for other priors, rows, tables or code: its bands are not to be used")
        for fit in evidence.stale
    )
