"""A case asked for in a conversation: what is asked, how an answer is read, and the file that comes of it.

Nothing here reads a keyboard or prints: a conversation yields what is to be asked and takes what was answered.
"""

from .ask import Ask, Talk
from .conversation import interview
from .result import case_text

__all__ = ["Ask", "Talk", "case_text", "interview"]
