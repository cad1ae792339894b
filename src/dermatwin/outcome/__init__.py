"""Read-outs, recovery, risks and the clinical answer: from tissue and trials to what a person would notice."""

from .arms import Cut, cut_of
from .belief import Belief
from .clinical import Answer, adjuncts_among, answer
from .counts import Counts, Tally
from .course import Blocked, Course
from .duration import predict_duration, predict_erythema
from .events import Treated, predict_event
from .pain import predict_pain
from .pooling import pooled
from .prediction import ArmPrediction, TrialArm, predict_arm
from .readout import ReadOut, read_out, reading_times
from .reference import ReferenceCourse, reference_course
from .response import Schedule, driver, typical_change
from .risks import risks
from .scales import Scale, concerns, scales

__all__ = [
    "Answer",
    "ArmPrediction",
    "Belief",
    "Blocked",
    "Counts",
    "Course",
    "Cut",
    "ReadOut",
    "ReferenceCourse",
    "Scale",
    "Schedule",
    "Tally",
    "Treated",
    "TrialArm",
    "adjuncts_among",
    "answer",
    "concerns",
    "cut_of",
    "driver",
    "pooled",
    "predict_arm",
    "predict_duration",
    "predict_erythema",
    "predict_event",
    "predict_pain",
    "read_out",
    "reading_times",
    "reference_course",
    "risks",
    "scales",
    "typical_change",
]
