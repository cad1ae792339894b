"""What is known of the person, as facts: words, brands and codes of a history are read here and nowhere else."""

from .anamnesis import anamnesis, question_in, reply_faults
from .asking import Setting, applying, contradictions, unasked
from .dates import Timing, Window
from .fact import Fact, Person
from .flags import stranger
from .judgement import judgement_faults, words_of
from .place import Places, places
from .question import TAKEN, Answer, Question, Time, answers, holds, question
from .reading import LISTS, facts, item_facts, kinds_in, named_in, person, person_in, suggestions
from .vocabulary import Concept, Vocabulary, vocabulary

__all__ = [
    "Answer",
    "Concept",
    "Fact",
    "LISTS",
    "Person",
    "Places",
    "Question",
    "Setting",
    "TAKEN",
    "Time",
    "Timing",
    "Vocabulary",
    "Window",
    "anamnesis",
    "answers",
    "applying",
    "contradictions",
    "facts",
    "holds",
    "item_facts",
    "judgement_faults",
    "kinds_in",
    "named_in",
    "person",
    "person_in",
    "places",
    "question",
    "question_in",
    "reply_faults",
    "stranger",
    "suggestions",
    "unasked",
    "vocabulary",
    "words_of",
]
