"""`docs/campaign.md`: what was tried, what came of it, on which machine."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .cases import Shown
from .documents import Outcome
from .kills import Killed

MOST = 40  # findings that are written out


@dataclass
class Results:
    """What a campaign has come to so far; `wrong` are findings with the words that make them again."""

    seed: int
    draws: int
    cases: list[Shown] = field(default_factory=list)
    documents: list[Outcome] = field(default_factory=list)
    kills: list[Killed] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # processor time and wall clock by part
    wrong: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)


def page(told: Results) -> str:
    """The page."""
    lines = [
        "# Campaign",
        "",
        f"Written by `make campaign`, seed {told.seed}, on {machine()}. What is found is made again by "
        f'`make campaign CAMPAIGN="--seed {told.seed} --only documents:17"`.',
        "",
        *_overview(told),
        *_findings(told.wrong),
        *(_cases(told) if told.cases else ()),
        *(_documents(told.documents) if told.documents else ()),
        *(_kills(told.kills) if told.kills else ()),
    ]
    return "\n".join(lines).rstrip() + "\n"


def machine() -> str:
    """Where it ran, in words."""
    return f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]


def _overview(told: Results) -> list[str]:
    wrong = Counter(line.partition(":")[0] for line in told.wrong)
    rows = [
        (name, told.asked.get(name, 0), len(found), wrong[name], f"{told.seconds.get(name, 0.0) / 60.0:.0f}")
        for name, found in (("cases", told.cases), ("documents", told.documents), ("kills", told.kills))
    ]
    return table(("part", "asked for", "tried", "findings", "minutes on the clock"), rows)


def _findings(wrong: Sequence[str]) -> list[str]:
    if not wrong:
        return ["No finding.", ""]
    more = [f"- and {len(wrong) - MOST} more"] if len(wrong) > MOST else []
    return ["## Findings", "", *(f"- {line}" for line in wrong[:MOST]), *more, ""]


def _cases(told: Results) -> list[str]:
    met = Counter(kind.partition(" ")[0] for kind in {kind for one in told.cases for kind in one.met})
    again = sum(one.again for one in told.cases)
    drawn = len(told.cases) + sum(one.refused for one in told.cases)
    numbers = sum(one.endpoints for one in told.cases) * told.draws
    none = sum(one.failed for one in told.cases)
    return [
        "## Cases",
        "",
        f"Random valid cases, {told.draws} people each; of {drawn} that were drawn {drawn - len(told.cases)} were refused "
        f"and drawn again. They met {', '.join(f'{count} {_many(kind, count)}' for kind, count in sorted(met.items()))}. "
        f"Of {numbers:,} numbers {none:,} are none (a person who failed, or of whom there is nothing to read), all of them "
        f"counted in `failed_draws`. {again} cases were simulated twice and gave the same bytes of `summary.json`.",
        "",
        "Held in every run: masses of every product add up to its dose and are not negative, shares lie in 0-1, quantiles "
        "are in order, nothing is infinite, the summary is JSON without numbers that are none.",
        "",
    ]


def _many(kind: str, count: int) -> str:
    return kind if count == 1 else f"{kind}s"


def _documents(found: Sequence[Outcome]) -> list[str]:
    """By kind of document, and by mutation."""
    kinds = sorted({one.kind for one in found})
    by_kind = [(kind, *_counted([one for one in found if one.kind == kind])) for kind in kinds]
    names = sorted({(one.name, one.expect) for one in found})
    rows = [(name, expect, *_counted([o for o in found if (o.name, o.expect) == (name, expect)])) for name, expect in names]
    program = sum(one.what.endswith("by the program") for one in found)
    return [
        "## Documents",
        "",
        "Sound documents changed in typed ways and put through what reads them before anything is computed, each with a "
        f"minute of time; {program} also went through the program itself. *Refused* must be refused, *different* must be "
        "refused or be seen in the case, *same* must mean the same, *any* may do either. Whatever is refused says where, "
        "what, and what would be right. Nothing ended in an exception, died or hung, unless it stands under the findings.",
        "",
        *table(("kind", "tried", "refused", "accepted", "wrong"), by_kind),
        *table(("mutation", "must be", "tried", "refused", "accepted", "wrong"), rows),
    ]


def _counted(found: Sequence[Outcome]) -> tuple[int, int, int, int]:
    refused = sum(one.what.startswith("refused") for one in found)
    accepted = sum(one.what.startswith("accepted") for one in found)
    return len(found), refused, accepted, sum(bool(one.wrong) for one in found)


def _kills(found: Sequence[Killed]) -> list[str]:
    """By verb and signal, and what was there afterwards."""
    rows = [
        (
            verb,
            sign,
            len(these),
            *(sum(one.after == after for one in these) for after in ("nothing", "old", "new", "broken")),
        )
        for verb in sorted({one.verb for one in found})
        for sign in sorted({one.signal for one in found})
        if (these := [one for one in found if (one.verb, one.signal) == (verb, sign)])
    ]
    drafts = sum(one.draft for one in found)
    ended = sum(one.status in (0, 1, 3) for one in found)
    return [
        "## Kills",
        "",
        "Verbs that write a folder, ended by a signal at a random moment, half of them just after their draft had appeared; "
        f"{ended} came to their own end before. {drafts} left a hidden draft, which the next run cleared away. Unless it "
        "stands under the findings, the target afterwards held nothing, the old folder or the new one, complete by its own "
        "list, files of others in it were untouched, and the next run into it worked. One of four was the program as people "
        "start it, three were forks of a process that had read it already.",
        "",
        *table(("verb", "signal", "tried", "nothing", "old", "new", "broken"), rows),
    ]
