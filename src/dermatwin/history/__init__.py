"""What is known of the person, as facts: words, brands and codes of a history are read here and nowhere else."""

from .dates import Timing, Window
from .fact import Fact, Person
from .flags import stranger
from .place import Places, places
from .question import TAKEN, Answer, Question, Time, answers, holds, question
from .reading import facts, kinds_in, person, suggestions
from .vocabulary import Concept, Vocabulary, vocabulary

__all__ = [
    "TAKEN",
    "Answer",
    "Concept",
    "Fact",
    "Person",
    "Places",
    "Question",
    "Time",
    "Timing",
    "Vocabulary",
    "Window",
    "answers",
    "facts",
    "holds",
    "kinds_in",
    "person",
    "places",
    "question",
    "stranger",
    "suggestions",
    "vocabulary",
]
