"""Read-outs, recovery, risks and the clinical answer: from tissue and trials to what a person would notice."""

from .arms import Arm, ArmRules, arms, person_spread, threshold
from .clinical import Answer, answer
from .duration import predict_erythema
from .events import predict_event
from .pain import predict_pain
from .prediction import ArmPrediction, pooled, predict_arm
from .readout import ReadOut, read_out, reading_times
from .reference import ReferenceCourse, reference_course
from .response import driver, typical_response
from .risks import risks
from .scales import ConcernRule, Scale, concerns, scales

__all__ = [
    "Answer", "Arm", "ArmPrediction", "ArmRules", "ConcernRule", "ReadOut", "ReferenceCourse", "Scale", "answer", "arms",
    "concerns", "driver", "person_spread", "pooled", "predict_arm", "predict_erythema", "predict_event", "predict_pain",
    "read_out", "reading_times", "reference_course", "risks", "scales", "threshold", "typical_response",
]
