"""Reads the subset of Antimony in which the healing network is written.

Antimony is the field's short hand for SBML models (Smith et al. 2009, Bioinformatics). Read here: `function` with one
expression, one `model` with `species`, `const`, assignment rules (`:=`), rate rules (`'`), initial values and constants
computed from others (`=`), and events (`at`). Each statement ends with its line or a semicolon. Anything else is an
error with its line number: a model that is only half understood would be wrong in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

NETWORK = Path(__file__).with_name("network.ant")

_NAME = r"[A-Za-z_]\w*"


@dataclass(frozen=True)
class Function:
    """A named expression of some arguments."""

    arguments: tuple[str, ...]
    body: str


@dataclass
class Network:
    """A model as written: names and expressions, nothing computed. Order is the order of the file."""

    name: str = ""
    functions: dict[str, Function] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)  # of the constants, from their comments
    assignments: dict[str, str] = field(default_factory=dict)
    rates: dict[str, str] = field(default_factory=dict)
    initial: dict[str, str] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)  # constants computed from other constants
    events: dict[str, dict[str, str]] = field(default_factory=dict)  # event -> state -> new value


class NetworkError(ValueError):
    """A line of the model file that cannot be read or does not fit the others."""


def read(path: Path = NETWORK) -> Network:
    """The model in one file, checked: every state has a rate, every name in use is declared."""
    network = Network()
    scope = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        code, _, comment = line.partition("//")
        for statement in (part.strip() for part in code.split(";")):
            if statement:
                scope = _statement(network, scope, statement, comment.strip(), f"{path.name}:{number}")
    _check(network)
    return network


def _statement(network: Network, scope: str, text: str, comment: str, where: str) -> str:
    """Take in one statement; returns the scope after it ('' outside, the function's name, or 'model')."""
    if match := re.fullmatch(rf"(function|model) ({_NAME})\((.*)\)", text):
        kind, name, inner = match.groups()
        if kind == "model":
            network.name = name
            return "model"
        network.functions[name] = Function(tuple(a.strip() for a in inner.split(",")), "")
        return name
    if text == "end":
        return ""
    if scope != "model":
        if scope not in network.functions:
            raise NetworkError(f"{where}: {text!r} stands outside of a model")
        network.functions[scope] = Function(network.functions[scope].arguments, text)
        return scope
    _in_model(network, text, comment, where)
    return scope


def _in_model(network: Network, text: str, comment: str, where: str) -> None:
    if text.startswith("species "):
        network.states += _names(text.removeprefix("species "))
    elif text.startswith("const "):
        names = _names(text.removeprefix("const "))
        network.constants += names
        network.units.update(dict.fromkeys(names, comment))
    elif match := re.fullmatch(rf"({_NAME}): at \(.*?\): (.*)", text):
        network.events[match[1]] = dict(_pair(part, "=", where) for part in match[2].split(", "))
    elif match := re.fullmatch(rf"({_NAME})' = (.*)", text):
        _once(network.rates, match[1], match[2], where)
    elif match := re.fullmatch(rf"({_NAME}) := (.*)", text):
        _once(network.assignments, match[1], match[2], where)
    elif match := re.fullmatch(rf"({_NAME}) = (.*)", text):
        _once(network.initial if match[1] in network.states else network.derived, match[1], match[2], where)
    else:
        raise NetworkError(f"{where}: {text!r} is not in the subset of Antimony that is read here")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _pair(text: str, separator: str, where: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found:
        raise NetworkError(f"{where}: {text!r} assigns nothing")
    return name.strip(), value.strip()


def _once(table: dict[str, str], name: str, value: str, where: str) -> None:
    if name in table:
        raise NetworkError(f"{where}: {name} is given twice")
    table[name] = value


def _check(network: Network) -> None:
    """Every state has one rate; every name in an expression is declared; nothing is declared twice or for nothing."""
    declared = [*network.states, *network.constants, *network.assignments]
    if len(set(declared)) < len(declared):
        raise NetworkError(f"declared twice: {sorted({n for n in declared if declared.count(n) > 1})}")
    if set(network.rates) != set(network.states):
        raise NetworkError(f"states and rates differ: {sorted(set(network.rates) ^ set(network.states))}")
    known = {*declared, *network.functions}
    used: set[str] = set()
    for name, expression in [
        *network.rates.items(),
        *network.assignments.items(),
        *network.initial.items(),
        *network.derived.items(),
        *(pair for e in network.events.values() for pair in e.items()),
    ]:
        found = {name, *re.findall(_NAME, expression)}
        if found - known:
            raise NetworkError(f"{name}: not declared: {sorted(found - known)}")
        used |= found
    idle = set(network.constants) - used - {"session_day"}
    if idle:
        raise NetworkError(f"declared but not used: {sorted(idle)}")
