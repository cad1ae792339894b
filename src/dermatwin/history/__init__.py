"""What is known of the person, as facts: words, brands and codes of a history are read here and nowhere else."""

from .dates import Timing, Window
from .fact import Fact, Person
from .question import Answer, Question, answers, holds
from .reading import facts, person
from .vocabulary import Concept, Vocabulary, vocabulary

__all__ = [
    "Answer",
    "Concept",
    "Fact",
    "Person",
    "Question",
    "Timing",
    "Vocabulary",
    "Window",
    "answers",
    "facts",
    "holds",
    "person",
    "vocabulary",
]
