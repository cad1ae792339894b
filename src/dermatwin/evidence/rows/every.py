"""Every table of evidence, in the order in which they are read and told of."""

from __future__ import annotations

from .advice import AlternativeRow, CareStepRow, ClockRow, ComplicationRow, PreparationRow, RedFlagRow, SessionTimeRow
from .delivery import ActivePropertyRow, ActiveRow, ClaimRow, ExcipientRow, ProductRow
from .device import DeviceKindRow, DeviceRow
from .following import MeasureRow, SymptomRow, TriageRow
from .healing import IdentifierRow, ModifierRow
from .history import AnamnesisRow, PlaceRow, RecordCodeRow, RiskModifierRow, VocabularyRow
from .knowledge import KnownValueRow, ObservableRow, ReadingRow, TensionRow
from .laboratory import (
    ClosureRow,
    HealingRow,
    InsertionRow,
    NumbnessRow,
    PermeabilityMedianRow,
    PermeabilityRow,
    PermeationRow,
)
from .optics import ColourConstantRow, HaemoglobinRow, MeasuredColourRow, MeasuredReflectanceRow, ObserverRow, TypologyRow
from .outcome import ConcernRow, ScaleRow
from .parameters import ParameterRow, QuantityRow
from .permeability import CompoundPermeabilityRow, CompoundPropertyRow, CompoundRow, PermeabilityStudyRow
from .planning import DefaultCourseRow, DepthRow
from .population import PopulationRow, PresetRow, RankRow
from .provenance import PoolRow, ReadRow
from .row import Row
from .screening import AnaestheticRow, ContraindicationRow
from .skin import PhototypeRow, RegionRow, SiteRow
from .sources import SourceRow
from .trials import AdverseRow, OutcomeRow
from .unfitted import (
    UnfittedAdverseRow,
    UnfittedHealingRow,
    UnfittedInsertionRow,
    UnfittedOutcomeRow,
    UnfittedPermeabilityRow,
)

KINDS: tuple[type[Row], ...] = (
    SourceRow,
    ParameterRow,
    QuantityRow,
    PoolRow,
    ReadRow,
    RegionRow,
    SiteRow,
    PhototypeRow,
    VocabularyRow,
    PlaceRow,
    RecordCodeRow,
    AnamnesisRow,
    DeviceKindRow,
    DeviceRow,
    ActiveRow,
    ActivePropertyRow,
    ProductRow,
    ExcipientRow,
    ClaimRow,
    CompoundPermeabilityRow,
    CompoundPropertyRow,
    CompoundRow,
    PermeabilityStudyRow,
    AnaestheticRow,
    ContraindicationRow,
    ConcernRow,
    ScaleRow,
    DefaultCourseRow,
    DepthRow,
    PresetRow,
    PopulationRow,
    RankRow,
    ModifierRow,
    RiskModifierRow,
    IdentifierRow,
    CareStepRow,
    ClockRow,
    RedFlagRow,
    PreparationRow,
    SessionTimeRow,
    ComplicationRow,
    MeasureRow,
    SymptomRow,
    TriageRow,
    AlternativeRow,
    ObservableRow,
    ReadingRow,
    TensionRow,
    KnownValueRow,
    ColourConstantRow,
    ObserverRow,
    HaemoglobinRow,
    TypologyRow,
    MeasuredColourRow,
    MeasuredReflectanceRow,
    InsertionRow,
    ClosureRow,
    PermeationRow,
    PermeabilityRow,
    PermeabilityMedianRow,
    HealingRow,
    NumbnessRow,
    OutcomeRow,
    AdverseRow,
    UnfittedInsertionRow,
    UnfittedPermeabilityRow,
    UnfittedHealingRow,
    UnfittedOutcomeRow,
    UnfittedAdverseRow,
)
