"""What changed in the predictions, and why: a page made of two sets of scores.

python -m dermatwin.validation.changes keep runs/scores/scores.json docs/prediction-changes/after.json
python -m dermatwin.validation.changes page docs/prediction-changes

The first command keeps of `scores.json` what the page needs, one line a row. The second reads `before.json`, `after.json`
and `reasons.csv` of the folder and writes the page beside it (`prediction-changes.md`). Figures are compared over the rows
that were predicted both times, so that a row which is new on either side makes nothing look better or worse. A row is the
same where its file, study, quantity and measured value are. What got worse by more than `LEAST` is listed, with the reason
that the table of reasons gives for its file and quantity, or without one.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import CaseError, Fault

LEAST = 0.02  # share of a figure, or of the rows: what is smaller is not told as a change
KEPT = ("row", "source", "quantity", "measured", "bound", "scale", "error", "narrowest", "crps", "sign_right", "p05", "p95")
BEFORE, AFTER, REASONS, PAGE = "before.json", "after.json", "reasons.csv", "prediction-changes.md"
Scores = Mapping[str, Any]
Row = Mapping[str, Any]


def keep(scores: Scores) -> str:
    """Compact scores as text: what the page compares, a line for each row."""

    def file(found: Scores) -> str:
        refused = Counter(row["reason"] for row in found["not_predicted"])
        head = {
            "rows": found["rows"],
            "crps_ratio": found["baseline"]["crps_ratio"],
            "ratios": {name: quantity["crps_ratio"] for name, quantity in found["quantities"].items()},
            "refused": dict(refused.most_common()),
        }
        lines = ",\n".join(json.dumps([row[name] for name in KEPT]) for row in found["predictions"])
        return f'{{"head": {json.dumps(head)},\n"predicted": [\n{lines}\n]}}'

    files = ",\n".join(f"{json.dumps(name)}: {file(found)}" for name, found in scores["files"].items())
    return f'{{"provenance": {json.dumps(scores["provenance"])},\n"kept": {json.dumps(KEPT)},\n"files": {{\n{files}\n}}}}\n'


@dataclass(frozen=True)
class Side:
    """One file's scores at one time."""

    head: Mapping[str, Any]
    rows: tuple[Row, ...]

    @staticmethod
    def of(kept: Scores, file: str) -> Side:
        """The file in kept scores; empty where it was not scored."""
        found = kept["files"].get(file)
        if found is None:
            return Side({"rows": 0, "crps_ratio": None, "ratios": {}, "refused": {}}, ())
        return Side(found["head"], tuple(dict(zip(kept["kept"], row, strict=True)) for row in found["predicted"]))


def same(before: Sequence[Row], after: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Rows that were predicted both times, paired; the n-th of rows alike with the n-th."""
    waiting: dict[tuple[Any, ...], list[Row]] = {}
    for row in before:
        waiting.setdefault(_identity(row), []).append(row)
    return [(waiting[key].pop(0), row) for row in after if waiting.get(key := _identity(row))]


def _identity(row: Row) -> tuple[Any, ...]:
    return row["source"], row["quantity"], row["scale"], row["measured"]


@dataclass(frozen=True)
class Figure:
    """One figure of rows; `worse` says by how much it is worse than before, in shares, 0 where it is not."""

    name: str
    before: float | None
    after: float | None

    @property
    def worse(self) -> float:
        """Growth of a distance; for a coverage how much farther it is from its level; for signs what is right no more."""
        if self.before is None or self.after is None:
            return 0.0
        if self.name in LEVELS:
            level = LEVELS[self.name]
            return max(abs(self.after - level) - abs(self.before - level), 0.0)
        if self.name == SIGN:
            return max(self.before - self.after, 0.0)
        return max((self.after - self.before) / self.before, 0.0) if self.before > 0.0 else float(self.after > 0.0)

    def told(self) -> str:
        """Before and after as text."""
        percent = self.name in LEVELS or self.name == SIGN
        old, new = (_percent(value) if percent else _number(value) for value in (self.before, self.after))
        return old if old == new else f"{old} → {new}"


LEVELS = {"in 50 %": 0.5, "in 80 %": 0.8, "in 90 %": 0.9}
FACTOR, ERROR, WIDTH, CRPS, SIGN = "factor", "error", "width", "crps", "sign"


def figures(pairs: Sequence[tuple[Row, Row]]) -> list[Figure]:
    """Figures of rows before and after: coverage, factor or error, width of the 90 % band, probability score, signs."""
    sides = [_figures([pair[side] for pair in pairs]) for side in (0, 1)]
    return [Figure(name, sides[0][name], sides[1][name]) for name in sides[0]]


def _figures(rows: Sequence[Row]) -> dict[str, float | None]:
    values = [row for row in rows if row["scale"] != "sign"]
    logs = [row for row in values if row["scale"] == "log"]
    differences = [row for row in values if row["scale"] == "absolute"]
    alike = logs or (differences if len({row["quantity"] for row in values}) == 1 else [])
    error = _mean([row["error"] for row in alike if not row["bound"]]) if not logs else None
    middle = _median([row["error"] for row in logs if not row["bound"]])
    return {
        **{
            name: _mean([float(row["narrowest"] is not None and row["narrowest"] <= level) for row in values])
            for name, level in LEVELS.items()
        },
        FACTOR: None if middle is None else 10.0**middle,
        ERROR: error,
        WIDTH: _median([_width(row) for row in alike]),
        CRPS: _mean([row["crps"] for row in alike]),
        SIGN: _mean([float(row["sign_right"]) for row in rows if row["sign_right"] is not None]),
    }


def _width(row: Row) -> float | None:
    low, high = row["p05"], row["p95"]
    if row["scale"] != "log":
        return high - low
    return float(np.log10(high / low)) if low > 0.0 else None


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Sequence[float | None]) -> float | None:
    known = _known(values)
    return float(np.mean(known)) if known else None


def _median(values: Sequence[float | None]) -> float | None:
    known = _known(values)
    return float(np.median(known)) if known else None


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100.0 * value:.0f} %"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def page(before: Scores, after: Scores, reasons: Sequence[Mapping[str, str]]) -> str:
    """The page, as Markdown."""
    names = list(dict.fromkeys((*before["files"], *after["files"])))
    sides = {name: (Side.of(before, name), Side.of(after, name)) for name in names}
    chapters = [line for name, pair in sides.items() for line in ("", *_chapter(name, *pair, reasons))]
    parts = (_opening(before, after), _overview(sides), _worse(sides, reasons), _new(sides, reasons), chapters)
    return "\n".join(line for part in parts for line in part) + "\n"


OPENING = """# What changed in the predictions, and why

Made by `make changes` from `before.json` and `after.json` in `prediction-changes`; the reasons are its `reasons.csv`.
Before: {before}. After: {after}. Figures are those of the rows that were predicted both times: share of measured values in
the bands of 50, 80 and 90 %; factor between prediction and measurement for the middle row that states a value, on scales
of ratios; mean difference elsewhere; width of the 90 % band and probability score (CRPS), in decades on scales of ratios;
directions that were right. "Over other studies" is the score over that of the other studies' means, of all rows: below 1
the twin says more.
"""


def _opening(before: Scores, after: Scores) -> Iterator[str]:
    old, new = (f"{kept['provenance']['draws']} draws, seed {kept['provenance']['seed']}" for kept in (before, after))
    yield OPENING.format(before=old, after=new)


def _overview(sides: Mapping[str, tuple[Side, Side]]) -> Iterator[str]:
    yield "| file | rows | predicted | same rows | in 50 % | 80 % | 90 % | factor | sign | over other studies |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, (old, new) in sides.items():
        pairs = same(old.rows, new.rows)
        found = {figure.name: figure for figure in figures(pairs)}
        told = [found[key].told() for key in (*LEVELS, FACTOR, SIGN)]
        ratio = Figure(CRPS, old.head["crps_ratio"], new.head["crps_ratio"]).told()
        counts = _arrow(old.head["rows"], new.head["rows"]), _arrow(len(old.rows), len(new.rows)), str(len(pairs))
        yield f"| {' | '.join((name, *counts, *told, ratio))} |"
    rows, predicted = (
        [sum(number(pair[side]) for pair in sides.values()) for side in (0, 1)]
        for number in (lambda side: side.head["rows"], lambda side: len(side.rows))
    )
    shares = _arrow(*(_percent(done / max(whole, 1)) for done, whole in zip(predicted, rows, strict=True)))
    yield f"| all | {_arrow(*rows)} | {_arrow(*predicted)} ({shares}) | | | | | | | |"


def _arrow(old: Any, new: Any) -> str:
    return f"{old}" if old == new else f"{old} → {new}"


def _worse(sides: Mapping[str, tuple[Side, Side]], reasons: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """What became worse, the worst first."""
    found = [
        (figure.worse, name, quantity, figure, rows)
        for name, (old, new) in sides.items()
        for quantity, pairs in by_quantity(same(old.rows, new.rows)).items()
        for figure, rows in ((figure, len(pairs)) for figure in figures(pairs))
        if figure.worse > LEAST and figure.name != WIDTH
    ]
    yield ""
    yield "## What became worse"
    yield ""
    if not found:
        yield f"Nothing by more than {_percent(LEAST)}."
        return
    yield "| file | quantity | rows | what | before, after | why |"
    yield "|---|---|---|---|---|---|"
    for _, name, quantity, figure, rows in sorted(found, key=lambda entry: (-entry[0], entry[1:3], entry[3].name)):
        reason = why(name, quantity, reasons) or "not explained"
        yield f"| {name} | {quantity} | {rows} | {figure.name} | {figure.told()} | {reason} |"


def _new(sides: Mapping[str, tuple[Side, Side]], reasons: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """How rows fare that were not predicted before: they are in no comparison."""
    found = [
        (name, quantity, [row for _, row in pairs])
        for name, (old, new) in sides.items()
        for quantity, pairs in by_quantity([(row, row) for row in only_now(old.rows, new.rows)]).items()
    ]
    if not found:
        return
    heads = ("file", "quantity", "rows", *LEVELS, FACTOR, ERROR, WIDTH, SIGN, "why")
    yield from ("", "## Predicted only now", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}")
    for name, quantity, rows in found:
        told = {figure.name: figure.told() for figure in figures([(row, row) for row in rows])}
        cells = (told[head] for head in (*LEVELS, FACTOR, ERROR, WIDTH, SIGN))
        yield f"| {' | '.join((name, quantity, str(len(rows)), *cells, why(name, quantity, reasons)))} |"


def only_now(before: Sequence[Row], after: Sequence[Row]) -> list[Row]:
    """Rows that were not predicted before."""
    paired = {id(row) for _, row in same(before, after)}
    return [row for row in after if id(row) not in paired]


def by_quantity(pairs: Sequence[tuple[Row, Row]]) -> dict[str, list[tuple[Row, Row]]]:
    """Pairs by quantity, the one with most rows first."""
    found: dict[str, list[tuple[Row, Row]]] = {}
    for pair in pairs:
        found.setdefault(pair[1]["quantity"], []).append(pair)
    return dict(sorted(found.items(), key=lambda entry: -len(entry[1])))


def why(file: str, quantity: str, reasons: Sequence[Mapping[str, str]]) -> str:
    """What the table gives as reasons of a quantity, then of its whole file (an empty cell for the quantity)."""
    own = [row for row in reasons if row["file"] in (file, "") and row["quantity"] in (quantity, "")]
    return "; ".join(dict.fromkeys(row["reason"] for row in sorted(own, key=lambda row: not row["quantity"])))


def _chapter(name: str, old: Side, new: Side, reasons: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    general = why(name, "", [row for row in reasons if not row["quantity"]])
    if general:
        yield f"Why: {general}."
        yield ""
    quantities = by_quantity(same(old.rows, new.rows))
    heads = ("quantity", "predicted", *LEVELS, FACTOR, ERROR, WIDTH, CRPS, "over other studies", SIGN, "why")
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    counts = [Counter(row["quantity"] for row in side.rows) for side in (old, new)]
    for quantity in sorted(set(counts[0]) | set(counts[1]), key=lambda one: (-max(counts[0][one], counts[1][one]), one)):
        told = [figure.told() for figure in figures(quantities.get(quantity, ()))]
        ratio = Figure(CRPS, old.head["ratios"].get(quantity), new.head["ratios"].get(quantity)).told()
        own = why(name, quantity, [row for row in reasons if row["quantity"]])
        cells = (quantity, _arrow(counts[0][quantity], counts[1][quantity]), *told[:-1], ratio, told[-1], own)
        yield f"| {' | '.join(cells)} |"
    yield from _refusals(old, new)


def _refusals(old: Side, new: Side) -> Iterator[str]:
    given = list(dict.fromkeys((*new.head["refused"], *old.head["refused"])))
    if not given:
        return
    yield ""
    yield "| not predicted, because | rows |"
    yield "|---|---|"
    for reason in given:
        yield f"| {reason} | {_arrow(old.head['refused'].get(reason, 0), new.head['refused'].get(reason, 0))} |"


def read(folder: Path) -> tuple[Scores, Scores, list[dict[str, str]]]:
    """Both sets of kept scores and the reasons of a folder; CaseError for what is not there or is no such file."""
    faults: list[Fault] = []

    def loaded(name: str) -> Any:
        try:
            return json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            faults.append(Fault(str(folder / name), "", f"cannot be read: {error}"))

    kept = loaded(BEFORE), loaded(AFTER)
    try:
        with (folder / REASONS).open(newline="", encoding="utf-8") as stream:
            reasons = list(csv.DictReader(stream))
    except OSError as error:
        faults.append(Fault(str(folder / REASONS), "", f"cannot be read: {error}"))
        reasons = []
    if faults:
        raise CaseError(faults)
    return *kept, reasons


def main(words: Sequence[str]) -> None:
    """Keep scores, or write the page."""
    if len(words) == 3 and words[0] == "keep":
        scores = json.loads(Path(words[1]).read_text(encoding="utf-8"))
        Path(words[2]).write_text(keep(scores), encoding="utf-8")
    elif len(words) == 2 and words[0] == "page":
        folder = Path(words[1])
        (folder.parent / PAGE).write_text(page(*read(folder)), encoding="utf-8")
    else:
        sys.exit("COMMAND: is missing; write: ... changes keep SCORES.json KEPT.json, or: ... changes page FOLDER")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CaseError as error:
        sys.exit("\n".join(str(fault) for fault in error.faults))
