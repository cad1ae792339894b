"""Where a run comes from: version, seed, draws and fingerprints of the evidence. No clock, so runs can be compared."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from ..evidence import Draws


def provenance(draws: Draws, vary: frozenset[str]) -> dict[str, Any]:
    """Plain data that is enough to repeat a run; `overlay` tells what somebody laid over the packaged evidence."""
    evidence = draws.evidence
    overlay = [asdict(laid) for laid in evidence.overlays]
    return {
        "program": "dermatwin",
        "version": version("dermatwin"),
        "seed": draws.luck.seed,
        "draws": draws.count,
        "vary": sorted(vary),
        "evidence": evidence.fingerprint,
        **({"overlay": overlay} if overlay else {}),
    }
