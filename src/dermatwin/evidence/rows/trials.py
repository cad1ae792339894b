"""Measurements in people: what arms of trials report, and what went wrong in how many."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import ConcernName, Count, NotNegative, PhototypeRange, Positive, ScaleId, Share, SourceId, Word, Year
from .device import KindName
from .row import Row, Wrong

Sign = Annotated[int, Field(ge=-1, le=1)]
"""1 better, 0 none, -1 worse."""

Event = Literal[
    "acneiform_or_milia",
    "bleeding",
    "bruising",
    "dryness_or_peeling",
    "erythema",
    "granuloma_or_allergy",
    "hsv_reactivation",
    "hypertrophic_scar_or_keloid",
    "infection",
    "oedema",
    "other",
    "pain_vas",
    "pih",
    "tram_track_scar",
]


class AdverseRow(Row):
    """An event in an arm: how many had it, how badly, for how long."""

    table: ClassVar[str] = "measurements/adverse_rates"
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (
        ("needle_length_mm", "needle_length_max_mm"),
        ("duration_h_min", "duration_h_max"),
    )

    source: SourceId
    year: Year | None
    doi_or_pmcid: str
    population_n: Count | None
    events_n: Annotated[int, Field(ge=0)] | None
    rate: Share | None
    event: Event
    zone: Word
    phototypes: PhototypeRange
    device_kind: KindName
    needle_length_mm: Positive | None
    sessions: Positive | None
    indication: ConcernName | None
    onset_h: NotNegative | None
    duration_h: NotNegative | None
    severity: str
    note: str
    needle_length_max_mm: Positive | None
    duration_h_min: NotNegative | None
    duration_h_max: NotNegative | None
    duration_h_sd: NotNegative | None
    arm_kind: Literal["needling", "comparator", "review", "case_report", "sham", "regulator_list"]
    rate_basis: Literal["count_stated", "percent_stated", "count_from_percent", "none_stated"] | None

    def laws(self) -> Iterator[Wrong]:
        """No more people with an event than there are people."""
        yield from super().laws()
        if self.population_n is not None and self.events_n is not None and self.events_n > self.population_n:
            yield Wrong("events_n", f"is above population_n, {self.population_n}")


class OutcomeRow(Row):
    """What one arm of a trial reports on one scale: scores, counts of responders, directions, comparisons."""

    table: ClassVar[str] = "measurements/outcomes"
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (
        ("needle_length_min_mm", "needle_length_max_mm"),
        ("scale_min", "scale_max"),
        ("change_ci_low", "change_ci_high"),
    )

    source: SourceId
    arm_id: Word
    year: Year | None
    doi_or_pmcid: str
    design: Literal["single_arm", "rct_parallel", "rct_split", "nonrandomised_split", "retrospective"] | None
    n: Count | None
    indication: ConcernName | None
    zone: Word
    phototypes: PhototypeRange
    device_kind: KindName
    needle_length_mm: Positive | None
    needle_length_min_mm: Positive | None
    needle_length_max_mm: Positive | None
    sessions: NotNegative | None
    interval_days: Positive | None
    followup_days_after_last_session: NotNegative | None
    adjunct: Word
    role: Literal["needling", "needling_plus", "comparator", "led_only", "untreated", "sham"]
    outcome_scale: ScaleId
    scale_min: float | None
    scale_max: float | None
    lower_is_better: bool | None
    baseline_mean: float | None
    baseline_sd: NotNegative | None
    followup_mean: float | None
    followup_sd: NotNegative | None
    change_mean: float | None
    change_sd: NotNegative | None
    change_ci_low: float | None
    change_ci_high: float | None
    relative_change: float | None
    responders_fraction: Share | None
    responders_definition: str
    direction: Sign | None
    p_value: Share | None
    derived: str
    note: str
    n_total: Count | None
    adjunct_detail: str
    followup_days_as_stated: NotNegative | None
    followup_reference: Literal["after_last", "from_first", "unstated"] | None
    ci_level: Share | None
    p_op: Literal["=", "<", ">"] | None
    direction_basis: Literal["stated", "derived_means_sd", "derived_ci", "derived_change_sd"] | None
    effect_sign: Sign | None
    compared_with: str
    between_direction: Sign | None
    between_p: Share | None
    between_p_op: Literal["=", "<", ">"] | None
    quality_flag: tuple[
        Literal[
            "case_n1",
            "inconsistent_source",
            "low_quality",
            "not_arm_specific",
            "secondary_source",
            "suspect_dispersion",
            "unit_check",
        ],
        ...,
    ]
