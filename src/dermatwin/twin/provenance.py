"""Where a run comes from: version, seed, draws and fingerprints of the evidence. No clock, so runs can be compared."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

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
