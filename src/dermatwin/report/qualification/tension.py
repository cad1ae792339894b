"""Where measurements disagree with each other, with the twin's own prediction beside each that was scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...evidence import Evidence
from ...evidence.rows.knowledge import TensionRow
from .. import words
from .measured import Block, Entry, blocks


@dataclass(frozen=True)
class Tension:
    """One disagreement."""

    title: str
    what: str
    handling: str
    blocks: list[Block]
    sources: list[str]
    count: int  # rows that were scored


def tension(row: TensionRow, scores: Mapping[str, Any], evidence: Evidence) -> Tension:
    """One row of the table of tensions, with the scored rows that it names."""
    found = [entry for place in row.rows for entry in at(place, row.quantity, scores)]
    return Tension(
        title=words.title(row.id),
        what=row.what_disagrees.replace(" um", " µm"),
        handling=row.how_dermatwin_handles,
        blocks=blocks(found, evidence),
        sources=[evidence.sources[name].citation for name in row.source],
        count=len(found),
    )


def at(place: str, quantities: Sequence[str], scores: Mapping[str, Any]) -> list[Entry]:
    """Predictions of a study in a file ('closure.csv:gupta2011'), or of one line ('closure.csv:14')."""
    file, _, which = place.partition(":")
    entries = scores["files"].get(file, {}).get("predictions", [])
    return [e for e in entries if which in (e["source"], str(e["row"])) and e["quantity"] in quantities]
