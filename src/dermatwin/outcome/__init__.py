"""Read-outs, recovery, risks and the clinical answer: from tissue and trials to what a person would notice."""

from .arms import Cut, cut_of
from .clinical import Answer, answer
from .counts import Counts, Tally
from .duration import predict_duration, predict_erythema
from .events import predict_event
from .pain import predict_pain
from .pooling import pooled
from .prediction import ArmPrediction, predict_arm
from .readout import ReadOut, read_out, reading_times
from .reference import ReferenceCourse, reference_course
from .response import driver, typical_response
from .risks import risks
from .scales import Scale, concerns, scales

__all__ = [
    "Answer",
    "ArmPrediction",
    "Counts",
    "Cut",
    "ReadOut",
    "ReferenceCourse",
    "Scale",
    "Tally",
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
    "typical_response",
]
