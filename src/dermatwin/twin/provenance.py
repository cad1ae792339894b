"""Where a run comes from: version, seed, draws and a fingerprint of the evidence. No clock, so runs can be compared."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..core.errors import Notice
from ..evidence import Draws, Evidence


@lru_cache(maxsize=4)
def fingerprint(folder: Path) -> str:
    """First 16 hexadecimal digits of the SHA-256 of all evidence files, in the order of their names."""
    digest = sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in (".csv", ".yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def provenance(draws: Draws, vary: frozenset[str]) -> dict[str, Any]:
    """Plain data that is enough to repeat a run; of fits that are stale only where some are."""
    stale = draws.evidence.stale
    return {
        "program": "dermatwin",
        "version": version("dermatwin"),
        "seed": draws.luck.seed,
        "draws": draws.count,
        "vary": sorted(vary),
        "evidence": fingerprint(draws.evidence.folder),
        **({"stale_fits": list(stale)} if stale else {}),
    }


def remarks(evidence: Evidence) -> tuple[Notice, ...]:
    """What is to be said of the evidence as a whole: fits that do not belong to it."""
    return tuple(
        Notice("evidence", f"the fit '{fit}' was made for other priors, rows, tables or code: its bands are not to be used")
        for fit in evidence.stale
    )
