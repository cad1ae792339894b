"""Where the spread of each quantity comes from: a bar of its split by grade, what carries it, sources by weight."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ...core.vocabulary import SOURCES
from ...evidence import GRADES
from ...naming import parts, split
from .. import words
from ..figures import rows

if TYPE_CHECKING:
    from ...evidence import Evidence
    from ...twin import Run
    from ...twin.weight import Weight

HEIGHT = 12.0  # px of a bar
MOST = 0.8  # of the weight of all sources, told of before the rest is folded
SEEN = 0.005  # share of a bar that can be seen
ALIKE = "the same for everybody"
MANY = "many small assumptions"


@dataclass(frozen=True)
class Composed:
    """A quantity: its bar, what it is led or carried by, and the weakest grade behind it."""

    title: str
    grade: str
    figure: Markup
    said: str


def weighed(run: Run) -> bool:
    """Whether somebody looked at where the spread comes from."""
    return any(end.weight is not None for end in run.endpoints)


def by_weight(run: Run) -> dict[str, list[Composed]]:
    """Stage -> its quantities, each with the mean split of its endpoints."""
    weights: dict[str, list[Weight]] = defaultdict(list)
    grades: dict[str, str] = {}
    for end in run.endpoints:
        weights[end.quantity] += [] if end.weight is None else [end.weight]
        grades[end.quantity] = max(grades.get(end.quantity, ""), end.grade)
    found: dict[str, list[Composed]] = defaultdict(list)
    for name, mine in weights.items():
        quantity = run.evidence.quantities[name]
        found[quantity.stage].append(_composed(quantity.title, grades[name], mine, run.evidence))
    return found


def _composed(title: str, grade: str, weights: list[Weight], evidence: Evidence) -> Composed:
    if not weights:
        return Composed(title, grade, Markup(""), ALIKE)
    shares = dict(zip(GRADES, np.mean([weight.grades for weight in weights], axis=0), strict=True))
    seen = {letter: float(share) for letter, share in shares.items() if share >= SEEN}
    said = {letter: f"{share:.0%} grade {letter}, {GRADES[letter]}" for letter, share in seen.items()}
    bar = [(f"grade-{letter}", share, said[letter]) for letter, share in seen.items()]
    leading = max(seen, key=lambda letter: seen[letter])
    figure = rows.stack(bar, f"Spread: {', '.join(said.values())}", HEIGHT)
    said_of_it = (_carried(weights, leading, evidence), _source(weights))
    return Composed(title, grade, figure, "; ".join(filter(None, said_of_it)))


def _carried(weights: list[Weight], leading: str, evidence: Evidence) -> str:
    """What carries most of it; where assumptions lead, the assumption."""
    totals: Counter[str] = Counter()
    for weight in weights:
        for one in weight.carried_by:
            if leading != "E" or one.grade == "E":
                totals[one.name] += one.share  # type: ignore[assignment]
    named = [spelled(name, evidence) for name, _ in totals.most_common(2)]
    if leading == "E":
        return f"led by {'assumptions: ' + ', '.join(named) if named else MANY}"
    return f"carried by {', '.join(named)}" if named else ""


def _source(weights: list[Weight]) -> str:
    """Which source most of the spread comes from: what nobody knows, how people differ, or chance."""
    shares = np.mean([weight.spreads for weight in weights], axis=0)
    most = int(np.argmax(shares))
    return f"{shares[most]:.0%} {SOURCES[most]}"


def spelled(name: str, evidence: Evidence) -> str:
    """A parameter or a pool in words."""
    if pool := evidence.pools.get(name):
        return pool.title
    family, member = split(name)
    within = ", ".join(words.name(part) for part in parts(member)) if member else ""
    return words.name(family) + (f" ({within})" if within else "")


def led(weight: Weight) -> str:
    """The grade and the source that most of the spread comes from, with their shares."""
    source, share = weight.leading_spread
    either = f" or {weight.rival}" if weight.rival else ""
    return f"{weight.leading}{either}{words.SPACE}{weight.leading_share:.0%}, {source}{words.SPACE}{share:.0%}"


def told(run: Run) -> str:
    """How many numbers are led by something better than an assumption."""
    weights = [end.weight for end in run.endpoints if end.weight is not None]
    better = [weight for weight in weights if weight.leading != "E"]
    close = sum(weight.rival == "E" for weight in better)
    return (
        f"Of {words.count(len(weights), 'number')} that differ between people, {len(better)} draw most of their spread from "
        f"something better than an assumption (in {close} of these an assumption may bring as much). Where an assumption "
        "leads, it is named."
    )


def sources_by_weight(run: Run) -> list[str]:
    """Ids of the sources of what carries the endpoints, those that carry most first, until most of it is told."""
    totals: Counter[str] = Counter()
    for end in run.endpoints:
        for one in () if end.weight is None else end.weight.carried_by:
            for source in one.sources:
                totals[source] += one.share / len(one.sources)  # type: ignore[assignment]
    ordered = totals.most_common()
    before = np.cumsum([0.0, *(share for _, share in ordered)])
    return [source for (source, _), reached in zip(ordered, before[:-1], strict=True) if reached < MOST * before[-1]]
