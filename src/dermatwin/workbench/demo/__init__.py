"""A made-up clinic to look around in: thirty people who do not exist, at every stage of a course. Made by a seed."""

from .making import make

__all__ = ["make"]
