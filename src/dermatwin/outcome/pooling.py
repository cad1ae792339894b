"""Pooled effects of the trials: joint draws of a fitted hierarchical meta-regression, read and not computed here.

An arm of study s whose tissue changed by x (1 in the reference course) improves, relative to its baseline, by

    needle, rf   drift + m(x) [works (kind + concern - drift) + study + arm] + adjunct + scale,    m = x (1 + k)/(x + k)
    active       drift + works (active + which - drift) + study + arm + scale
    untreated    drift + drift of the study

Without injury m is 0 and the drift is left, with whatever an adjunct does by itself. `works` is 1, or 0 in the share of
trials in which needling (or what was done instead) did nothing: what such a trial saw says that share, and little of how
much it does elsewhere. A result that is printed as a percentage alone may stray from a score (`percent`), and so may
patients from clinicians (`patient`). Effects of concerns, adjuncts, scales, studies and arms are normal around zero with
spreads that are learnt too; raters have the tails of Student's t with four degrees of freedom. Of the people of a trial
some never respond, whatever the line (`never`). An effect that no trial informs is drawn from its family's spread. For each
study there is a table of a fit without it. Several studies at once leave no table: then the prior speaks alone, which is
wide and never leans on what it should not know. The tables are made by `python -m dermatwin.calibration outcome`;
outcome_effects.yaml beside them says how, and which studies stand behind which effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..evidence import Draws, Evidence
from ..evidence.joint import ALL
from ..evidence.making import effects_of

EFFECTS = "outcome_effects"  # pool of studies
OTHERS = "outcome_effects_of_others"  # the same, for what no trial informs
NOTHING = "every study"  # name of the prior among the fits
FAMILIES = {
    "rating": "rating_between",
    "study": "study_between",
    "concern": "concern_between",
    "adjunct": "adjunct_between",
    "active": "adjunct_between",
    "scale": "scale_between",
    "arm": "arm_between",
    "reading": "reading_between",
}
"""Families of effects with the spread that each shares."""
SPREADS = tuple(dict.fromkeys(FAMILIES.values()))
HEAVY = ("rating",)
SCALARS = ("person", "rating_ratio", "saturation", "no_effect", "never", "never_between")
"""Positive unknowns: spread between people, of ratings over that of scores, k, the odds of a trial without effect and of a
person who never responds, and how far trials are apart in the latter (sd of ln)."""
WORDS = ("any", "moderate", "good", "excellent")
TAIL = 4  # degrees of freedom of heavy families


@dataclass(frozen=True)
class Priors:
    """Priors of the outcome model, medians of evidence parameters."""

    spreads: tuple[float, ...]  # scales of half-normals, in order of SPREADS
    plain: Mapping[str, tuple[float, float]]  # mean and sd of effects without a family
    drift_between: float
    scalars: tuple[tuple[float, float], ...]  # median and sd of ln, in order of SCALARS
    baseline: float  # sd of ln of a baseline that is not stated
    counted: float  # the same where hairs are counted
    least_error: float
    indirect: float
    person_scatter: float

    @staticmethod
    def of(draws: Draws) -> Priors:
        """Read the priors from the evidence."""

        def p(name: str) -> float:
            return draws.median(name, "1")

        plain = {
            "drift": (0.0, p("drift_prior_spread")),
            "adjunct": (0.0, p("between_adjunct_prior")),
            "rating": (0.0, p("rating_prior_spread")),
            "chosen": (p("definition_choice"), p("definition_choice_prior")),
            "percent": (0.0, p("percent_prior_spread")),
            "patient": (0.0, p("patient_prior_spread")),
        }
        plain |= dict.fromkeys(("needle", "rf", "active"), (0.0, p("effect_prior_spread")))
        plain |= {f"cut:{w}": (p(f"responder_cutoff[{w}]"), p(f"responder_cutoff_spread[{w}]")) for w in WORDS}
        spreads = tuple(
            p(name)
            for name in (
                "between_rating_prior",
                "between_study_prior",
                "between_concern_prior",
                "between_adjunct_prior",
                "between_scale_prior",
                "between_arm_prior",
                "rating_definition_spread",
            )
        )
        scalars = (
            (p("unstated_person_spread"), p("person_spread_prior")),
            (1.0, p("rating_person_prior")),
            (p("response_saturation"), p("response_saturation_prior")),
            (p("no_effect_odds"), p("no_effect_odds_prior")),
            (p("never_odds"), p("never_odds_prior")),
            (p("never_between"), p("never_between_prior")),
        )
        return Priors(
            spreads,
            plain,
            p("drift_between_studies"),
            scalars,
            p("unstated_baseline_spread"),
            p("hair_count_spread"),
            p("least_score_error"),
            p("indirect_scatter"),
            p("person_spread_scatter"),
        )

    def of_effect(self, name: str) -> tuple[float, float]:
        """Prior mean and standard deviation of an effect; a family's spread counts as 1."""
        if name in self.plain:
            return self.plain[name]
        return (0.0, self.drift_between if name.startswith("drift:") else 1.0)


@dataclass(frozen=True)
class Pooled:
    """Joint draws of the effects, (draw, name), with the studies behind each effect."""

    names: tuple[str, ...]
    table: np.ndarray = field(repr=False)
    drift_between: float
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def draw(self, draws: Draws) -> Effects:
        """One joint draw for every person; the medians where nothing unknown varies."""
        still = draws.still("knowledge", EFFECTS)
        chosen = draws.share("knowledge", "outcome effects", owner=EFFECTS) * len(self.table)
        values = self.table[chosen.astype(int)]
        return Effects(
            self, np.where(still[:, None], np.median(self.table, axis=0), values) if still.any() else values, draws
        )

    def column(self, name: str) -> np.ndarray:
        """All draws of one effect."""
        return self.table[:, self.names.index(name)]

    def spread_between_studies(self) -> float:
        """Posterior median of the spread between studies [-]."""
        return float(np.median(self.column("study_between")))

    def expected(self, *names: str) -> float:
        """Posterior mean of a sum of effects."""
        return float(sum(self.column(name) for name in names).mean())  # type: ignore[union-attr]


@dataclass(frozen=True)
class Effects:
    """Pooled effects, one value per person's worth of knowledge."""

    pooled: Pooled
    values: np.ndarray = field(repr=False)
    draws: Draws = field(repr=False)

    def __getitem__(self, name: str) -> np.ndarray:
        """An effect, (draw,); one that no trial informs comes from its family's spread."""
        if name in self.pooled.names:
            values = self.values[:, self.pooled.names.index(name)]
            self.draws.notes.note(EFFECTS, values, name)
            return values
        return self.new(name.partition(":")[0], name, owner=OTHERS)

    @property
    def people(self) -> np.ndarray:
        """Spread of relative improvement between the people of a new trial, (draw,): trials differ in that, too."""
        scatter = self.draws.median("person_spread_scatter", "1")
        own = self.draws.score("knowledge", "spread between people", owner="person_spread_scatter")[:, 0]
        return self["person"] * np.exp(scatter * own)

    def works(self, what: str) -> np.ndarray:
        """1 where something ('needles', or what goes without them) acts in a new trial, 0 where it does nothing, (draw,)."""
        share = self.draws.share("knowledge", f"trial without effect of {what}", owner=EFFECTS)
        nothing = (share < odds(self["no_effect"])) & ~self.draws.still("knowledge", EFFECTS)
        return np.where(nothing, 0.0, 1.0)

    @property
    def never(self) -> np.ndarray:
        """Share of the people of a new trial whom no rater calls a responder, (draw,): trials differ in that, too."""
        own = self.draws.score("knowledge", "people who never respond", owner=EFFECTS)[:, 0]
        return odds(self["never"] * np.exp(self["never_between"] * own))

    def new(self, family: str, name: str, *, owner: str = EFFECTS) -> np.ndarray:
        """An effect of a family that was never seen: of a new study, arm or rater, (draw,)."""
        score = self.draws.score("knowledge", f"outcome {name}", owner=owner)[:, 0]
        return self[FAMILIES[family]] * (student(score) if family in HEAVY else score)


def odds(values: np.ndarray) -> np.ndarray:
    """The share o/(1 + o) of odds o [-]."""
    return values / (1.0 + values)


def student(score: np.ndarray) -> np.ndarray:
    """Quantile of Student's t with four degrees of freedom at the probability of a standard normal score."""
    from scipy.special import ndtr, stdtrit

    return stdtrit(TAIL, ndtr(score))


def pooled(draws: Draws, exclude: frozenset[str] = frozenset()) -> Pooled:
    """Pooled effects of the packaged trials had the studies in `exclude` not been made."""
    joint, fit = effects_of(draws.evidence)
    left = sorted(set(fit["studies"]) & exclude)
    name = (ALL, *left)[-1] if len(left) < 2 else NOTHING
    sources = {
        effect: tuple(s for s in studies if s not in exclude and name != NOTHING)
        for effect, studies in fit["behind"].items()
    }
    return Pooled(joint.names, joint.blocks[name], draws.median("drift_between_studies", "1"), sources)


def record(evidence: Evidence) -> dict[str, Any]:
    """How the effects were pooled: studies, readings, quantiles, and what other assumptions would have given."""
    return dict(effects_of(evidence)[1])
