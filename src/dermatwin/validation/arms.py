"""Arms of trials by their names: what was done to the arm that a row is compared with, where the table has no row of it.

Names are short: 'sham_txa', 'afco2', 'mn_prp', 'control'. Their parts say whether needles, heat or nothing was used and what
was beside. 'Control' beside a needled arm with something added may be that alone, needles alone or nothing: each of them
possible, and which is unknown once per study. A name of which no part is known says nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .rows import Row

_PARTS = re.compile(r"[^a-z0-9]+")
NEEDLES = re.compile(r"mnx?|mns|microneedl\w+|needl\w+|pci|mts|(?:derma|micro)?roller|(?:derma|skin)?pen|stamp")
HOT_NEEDLES = re.compile(r"f?mnrf|f?rmn|f?rfmn|frm|fmr|fmrf|mfr|mfrf|nimfrf|secret|morpheus\d*")
NOTHING = re.compile(r"untreated|placebo|sham|vehicle|none|no|saline|observation|waiting|untouched")
CONTROL = re.compile(r"controls?")
ADDED = (
    ("prp", r"i?prp|prf|iprf"),
    ("tranexamic_acid", r"txa|tranexamic"),
    ("minoxidil", r"minoxidil|mnx|mx"),
    ("vitamin_c", r"vit(?:amin)?c|ascorb\w+"),
    (
        "laser",
        r"laser|n?afl|nafxl|afxl|a?f?co2|fco2|erbium|er|yag|pdl|qs|ndyag|qsndyag|pico\w*|ipl|fraxel|photothermolysis|thulium",
    ),
    ("led", r"led|photobiomodulation"),
    ("peel", r"peel\w*|tca|glycolic|salicylic|jessner\w*|cross"),
    ("triamcinolone", r"triamcinolone|kenalog|ta|tac"),
    ("triple_cream", r"hq|hydroquinone|tcc|kligman|triple"),
    ("hyaluronic_acid", r"ha|hyaluron\w+"),
    ("botulinum", r"bont|bonta|botox|botulinum\w*"),
    ("subcision", r"subcision"),
    ("caha", r"caha"),
    ("conditioned_medium", r"cm|conditioned|exosomes?|ascce"),
    (
        "other",
        r"pn|pdrn|polynucleotides?|tretinoin|retino\w+|cream|topical|serum|ecm|fu|methotrexate|insulin|growth|gf|filler",
    ),
)
"""What may be beside needles, or instead of them, and the parts of names that say it; without their figures."""


def opponents(row: Row) -> tuple[Row, ...]:
    """Arms that the name of the other arm may mean, as rows of the same study; none where it says nothing."""
    parts = [part.rstrip("0123456789") or part for part in _PARTS.split(row["compared_with"].casefold()) if part]
    whole = [part for part in _PARTS.split(row["compared_with"].casefold()) if part]

    def any_of(pattern: re.Pattern[str]) -> bool:
        return any(pattern.fullmatch(part) for part in parts)

    added = next((name for name, words in ADDED if any(re.fullmatch(words, part) for part in (*whole, *parts))), "none")
    hot = any_of(HOT_NEEDLES) or (any_of(NEEDLES) and "rf" in parts)
    if hot or any_of(NEEDLES):
        return (needled(row, added, hot=hot),)
    if added != "none":
        return (_arm(row, "comparator", "none", added),)
    if any_of(NOTHING) or (any_of(CONTROL) and row["adjunct"] in ("", "none")):
        return (_arm(row, "untreated", "none", "none"),)
    if any_of(CONTROL):
        alone = _arm(row, "comparator", "none", row["adjunct"])
        return alone, needled(row, "none", hot=False), _arm(row, "untreated", "none", "none")
    return ()


def needled(row: Row, added: str, *, hot: bool) -> Row:
    """The row's arm with needles, and with something added to them."""
    usual = row["device_kind"] if row["device_kind"] not in ("", "none") else "needling_unspecified"
    return _arm(row, "needling" if added == "none" else "needling_plus", "rf_needle" if hot else usual, added)


def _arm(row: Row, role: str, device: str, adjunct: str) -> Row:
    return replace(row, cells={**row.cells, "role": role, "device_kind": device, "adjunct": adjunct})
