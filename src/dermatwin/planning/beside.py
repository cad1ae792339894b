"""What trials put beside the needling, screened like everything else: what this person may not have is not proposed.

Each adjunct of the default course is laid over the proposed case and screened. One that brings a stop is left out with the
reason; one that brings a caution, such as what is off label on needled skin, carries it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..case import Adjunct, Case
from ..evidence import Evidence
from ..screening import Finding, screen
from ..screening.records import OFF_LABEL

NAME = "beside_needling"


@dataclass(frozen=True)
class Beside:
    """An adjunct of the trials: what to mind with it, or why this person does not get it."""

    name: str
    cautions: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The adjunct with what to mind."""
        return f"{self.name} ({'; '.join(self.cautions)})" if self.cautions else self.name


def beside(case: Case, adjuncts: Sequence[str], evidence: Evidence) -> tuple[Beside, ...]:
    """Every adjunct with what screening says of it in this case."""
    before = set(screen(case, evidence).findings)
    return tuple(_judged(name, case, before, evidence) for name in adjuncts)


def _judged(name: str, case: Case, before: set[Finding], evidence: Evidence) -> Beside:
    adjunct = Adjunct(adjunct=NAME, detail=name)
    course = case.course.model_copy(update={"adjuncts": [adjunct]})
    findings = screen(case.model_copy(update={"course": course}), evidence).findings
    new = [finding for finding in findings if finding not in before and finding.level != "info"]
    cautions = (_short(f) for f in new if not f.stops)
    refused = (f"{f.title}: {_named(f.reason, name)}" for f in new if f.stops)
    sources = dict.fromkeys(source for finding in new for source in finding.sources)
    return Beside(name, tuple(dict.fromkeys(cautions)), tuple(dict.fromkeys(refused)), tuple(sources))


def _short(finding: Finding) -> str:
    return "off label on needled skin" if finding.rule == OFF_LABEL else finding.title[0].lower() + finding.title[1:]


def _named(reason: str, name: str) -> str:
    """The reason with the adjunct as people write it."""
    written = re.compile(rf"beside[_ ]needling:? ?({re.escape(name)})?")
    return written.sub(name, reason)
