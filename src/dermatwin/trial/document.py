"""The trial: one document that says who is asked, what each arm gets, who reads when, who leaves, and what is tested.

Records only. Zones and courses are those of a case and are read by the case's own reader (`loading`); what is true of a
trial beyond its shape is checked in `checks`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..case.document import Name, Record, Text
from ..case.quantity import Age, CourseTime, Downtime, Fraction
from ..core.vocabulary import Phototype

Design = Literal["parallel", "split_face", "crossover"]
Role = Literal["needled", "untreated", "sham", "waiting_list"]
Method = Literal["t_test", "ancova", "paired_t", "wilcoxon", "responders", "proportional_odds", "mixed_model"]
Stratum = Literal["sex", "phototype", "age", "severity"]
INACTIVE: tuple[Role, ...] = ("untreated", "sham", "waiting_list")
MOST_PEOPLE = 20_000


class Arm(Record):
    """One arm: what of the trial's course is different in it, or that nobody is needled."""

    name: Name
    role: Role = "needled"
    course: dict[str, Any] = {}
    ratio: Annotated[int, Field(ge=1, le=20)] = 1


class Visit(Record):
    """When results are read, after the first session, and how far a visit may be off."""

    time: CourseTime
    window: Annotated[Downtime, Field()] = 0.0


class Randomisation(Record):
    """Permuted blocks within strata; a block holds every arm by its ratio."""

    block: Annotated[int, Field(ge=1, le=1000)] | None = None
    strata: Annotated[list[Stratum], Field(max_length=4)] = []


class Include(Record):
    """Who may be asked."""

    age: Annotated[list[Age], Field(min_length=2, max_length=2)] | None = None
    sex: Annotated[list[Literal["female", "male"]], Field(min_length=1, max_length=2)] | None = None
    phototypes: Annotated[list[Phototype], Field(min_length=1, max_length=6)] | None = None
    severity: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None


class Exclude(Record):
    """Who is left out: by facts of the history (concepts of the vocabulary), and by the verdict of the screening."""

    facts: Annotated[list[Name], Field(max_length=50)] = []
    screened: Literal["stop", "caution", "nobody"] = "stop"


class Raters(Record):
    """Who reads, and how: all numbers in units of the scale."""

    count: Annotated[int, Field(ge=1, le=20)] = 1
    blinded: bool = True
    disagreement: Annotated[float, Field(ge=0.0, le=1e6)] = 0.0  # sd of one reading, beyond what trials have anyhow
    drift: Annotated[float, Field(ge=-1e6, le=1e6)] = 0.0  # shift of all readings in a year
    step: Annotated[float, Field(gt=0.0, le=1e6)] | None = None  # None: that of the scale


class Limit(Record):
    """Beyond some value a share of the people leaves."""

    above: Annotated[float, Field(ge=0.0, le=1e6)]
    leave: Fraction


class Leaving(Record):
    """Who does not stay: a share of everybody, and those whom a session hurt or kept at home (days) for too long."""

    at_random: Fraction = 0.0
    pain: Limit | None = None
    downtime: Limit | None = None


class Stopping(Record):
    """Looks at shares of the information, and when a look ends the trial."""

    looks: Annotated[list[Annotated[float, Field(gt=0.0, le=1.0)]], Field(min_length=1, max_length=20)]
    efficacy: Literal["obrien_fleming", "pocock"] = "obrien_fleming"
    futility: Fraction | None = None  # conditional power under the trend below which it stops; not binding


class Analysis(Record):
    """What is tested at the last visit, between the first arm and the second or the two that are named."""

    method: Method = "t_test"
    compare: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = None
    alpha: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.05
    responder: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.25  # improvement, as a share of the baseline
    estimand: Literal["treatment_policy", "hypothetical", "composite"] = "hypothetical"
    power: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.8  # aimed at by the search


class Pool(Record):
    """How many people are simulated: in lots of at least as many as a trial takes, each lot in one world."""

    lots: Annotated[int, Field(ge=4, le=5000)] = 10  # with knowledge at its median
    worlds: Annotated[int, Field(ge=0, le=5000)] = 30  # with knowledge drawn; 0: no assurance
    lot: Annotated[int, Field(ge=2, le=MOST_PEOPLE)] | None = None  # people of a lot; None: those of a trial


class Published(Record):
    """What a trial that was held has printed of one arm, or of the difference of the two that are compared.

    change : mean change in units of the scale, in its sign. relative : mean change over mean baseline. difference : mean
    gain of the first arm over the second. significant : against the baseline, of a difference between the arms.
    """

    quantity: Literal["change", "relative", "difference"]
    arm: Name | None = None  # None: the first of the comparison
    time: CourseTime
    value: Annotated[float, Field(ge=-1e6, le=1e6)] | None = None
    significant: bool | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class TrialDocument(Record):
    """The whole document."""

    dermatwin_trial: Literal[1] = 1
    title: Annotated[str, Field(max_length=200)] = ""
    description: Text = ""
    sources: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)] = []
    population: Annotated[str, Field(min_length=1, max_length=60)]
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
    design: Design
    zones: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=24)]
    course: dict[str, Any]
    arms: Annotated[list[Arm], Field(min_length=2, max_length=8)]
    visits: Annotated[list[Visit], Field(min_length=1, max_length=12)]
    randomisation: Randomisation = Randomisation()
    include: Include = Include()
    exclude: Exclude = Exclude()
    raters: Raters = Raters()
    missed_sessions: Fraction = 0.0
    leaving: Leaving = Leaving()
    stopping: Stopping | None = None
    analysis: Analysis = Analysis()
    pool: Pool = Pool()
    leave_out: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=20)] = []  # studies not to lean on
    published: Annotated[list[Published], Field(max_length=20)] = []

    def arm(self, name: str) -> Arm:
        """The arm of a name."""
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def compared(self) -> tuple[Arm, Arm]:
        """The two arms of the main comparison."""
        named = self.analysis.compare
        return (self.arms[0], self.arms[1]) if named is None else (self.arm(named[0]), self.arm(named[1]))
