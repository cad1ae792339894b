"""The words of a methods section: which skin, which device, how it was applied.

Rows describe an experiment in free text. These functions read the species, the site, whether the skin was alive, the
kind of device, the speed and the force; what is not said is None and the caller decides whether that can be borne.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..evidence import Evidence
from ..skin import Skin, find_site
from .laboratory import Laboratory
from .rows import Row

_SPECIES = (
    ("hairless_rat", r"\b(rats?\b.*\bhairless|hairless\b.*\brats?)\b"),
    ("guinea_pig", r"\bguinea[ -]pigs?\b"),
    ("rat", r"\brats?\b"),
    ("mouse", r"\b(mouse|mice)\b"),
    ("rabbit", r"\brabbits?\b"),
    ("pig", r"\b(pigs?|porcine|minipigs?)\b"),
    ("human", r"\b(human|volunteers?|patients?|cadaver)\b"),
)
_SITES = (
    "volar forearm",
    "dorsal forearm",
    "forearm",
    "upper arm",
    "abdomen",
    "face",
    "cheek",
    "forehead",
    "back",
    "thigh",
    "buttock",
    "scalp",
    "palm",
    "breast",
    "ear",
    "neck",
    "hand",
    "axilla",
    "periorbital",
)
_SEEN = {
    "dye": r"\b(dye|calcein|methylene|trypan|gentian|fluorescein)\b",
    "section": r"\b(histolog\w*|sections?|sectioning|sectioned|h&e)\b",
    "confocal": r"\bconfocal\b",
    "OCT": r"\b(oct|optical coherence)\b",
}
_EXCISED = r"\b(ex vivo|in vitro|cadaver|dermatomed|excised|isolated|3d)\b"
_NUMBER = r"(\d+(?:\.\d+)?)"


def species_of(text: str) -> str | None:
    """Species named in a description, or None."""
    return next((name for name, pattern in _SPECIES if re.search(pattern, text, re.IGNORECASE)), None)


def site_of(text: str, species: str, evidence: Evidence) -> str:
    """Site named in a description; the back of an animal, skin of the body where a person's site is not stated."""
    for word in _SITES:
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            try:
                return find_site(word, species, evidence).name
            except KeyError:
                continue
    return "body" if species == "human" else "back"


def is_excised(text: str) -> bool:
    """Whether the skin was no longer alive."""
    return re.search(_EXCISED, text, re.IGNORECASE) is not None and "in vivo/ex vivo" not in text


def compliance_class(device: str) -> str:
    """Device class of the insertion model: roller, pen or stamp (arrays, patches).

    A single needle has no plate that flattens the skin around it: it meets free skin, as a roller's does.
    """
    if re.search(r"roller|^single\b", device, re.IGNORECASE):
        return "roller"
    return "pen" if re.search(r"\b(pen|motori[sz]ed|automated|dermapen|skinpen)\b", device, re.IGNORECASE) else "stamp"


def seen_by(text: str) -> str | None:
    """How the depth of a channel was seen, in the words of `insertion.READOUTS`; None if several ways or none are named."""
    found = [name for name, pattern in _SEEN.items() if re.search(pattern, text, re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def stays_in(device: str) -> bool:
    """Whether the needles stayed in the skin for hours, as those of a patch that is worn."""
    return re.search(r"\bworn\b", device, re.IGNORECASE) is not None


def speed_mm_s(applied: str) -> float | None:
    """Speed of insertion in mm/s, where it is stated."""
    found = re.search(rf"{_NUMBER}\s*(mm|m)/s", applied)
    return None if found is None else float(found[1]) * (1000.0 if found[2] == "m" else 1.0)


def force_per_needle_N(applied: str, needles: float | None) -> float | None:
    """Force on one needle in N, where it is stated (per needle, or for the array with a known count)."""
    each = re.search(rf"{_NUMBER}\s*N\s*(/|per)\s*(micro)?needle", applied, re.IGNORECASE)
    if each is not None:
        return float(each[1])
    whole = re.search(rf"{_NUMBER}\s*N\b", applied)
    return float(whole[1]) / needles if whole is not None and needles else None


def skins(laboratory: Laboratory, row: Row) -> tuple[Skin, Skin]:
    """Sections of the row's skin (people, known); human where the species is not stated."""
    text = row["skin"]
    species = species_of(text) or "human"
    site = site_of(text, species, laboratory.evidence)
    made = [laboratory.skin(site, draws, species=species) for draws in (laboratory.people, laboratory.known)]
    alive = not is_excised(text)
    return replace(made[0], alive=alive), replace(made[1], alive=alive)
