"""Where a run comes from: version, seed, draws and a fingerprint of the evidence. No clock, so runs can be compared."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..evidence import Draws


@lru_cache(maxsize=4)
def fingerprint(folder: Path) -> str:
    """First 16 hexadecimal digits of the SHA-256 of all evidence files, in the order of their names."""
    digest = sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in (".csv", ".yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def provenance(draws: Draws, vary: frozenset[str]) -> dict[str, Any]:
    """Plain data that is enough to repeat a run."""
    return {
        "program": "dermatwin",
        "version": version("dermatwin"),
        "seed": draws.luck.seed,
        "draws": draws.count,
        "vary": sorted(vary),
        "evidence": fingerprint(draws.evidence.folder),
    }
