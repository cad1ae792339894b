"""One lane of the healing network as SBML (Level 3 Version 2), written from `network.ant`.

Rate rules and not reactions: the network states how levels change, each relative to its own peak or baseline. Nothing is
turned into anything else in proportion, so a stoichiometry would be an invention. States are species of a compartment of
size one, in pure numbers. Time is in days. Each treatment session is one event with its own constants;
its assignments take the values of just before it. Helper functions stay function definitions; a positive part is written
as a maximum, because solvers halt at every condition to find its root and some never get past a state that rests on it.

A lane of `mean` holds every state twice, `x_hit` and `x_spared`, and `x` is their mixture by the activated share.
"""

from __future__ import annotations

import re
from typing import Any

from .exchange import library
from .lane import DAY, SHARE, Lane
from .sbml_notes import describe, describe_model
from .sbml_units import DIMENSIONLESS, define, of_formula

LEVEL, VERSION = 3, 2
PLACE = "tissue"
HIT, SPARED = "hit", "spared"


def to_sbml(lane: Lane) -> str:
    """The lane as an SBML document; CaseError where libSBML is missing, ValueError if the document is not consistent."""
    text = library("libsbml").writeSBMLToString(build(lane))
    for found in complaints(text):
        raise ValueError(f"not consistent SBML: {found}")
    return text


def complaints(text: str) -> list[str]:
    """Everything that libSBML's checks say against a document as read, units and modelling practice included."""
    document = library("libsbml").readSBMLFromString(text)  # a model that was just built remembers units of half of it
    document.checkConsistency()
    return [
        f"line {error.getLine()}: {error.getMessage().strip()}"
        for error in (document.getError(number) for number in range(document.getNumErrors()))
    ]


def build(lane: Lane) -> Any:
    """The lane as a document of libSBML, not checked yet."""
    libsbml = library("libsbml")
    document = libsbml.SBMLDocument(LEVEL, VERSION)
    writer = _Writer(document, lane)
    writer.frame()
    writer.functions()
    writer.constants()
    writer.states()
    writer.rules()
    writer.events()
    return document


class _Writer:
    """Puts one lane into one document, part by part. Names of parts follow the network's own."""

    def __init__(self, document: Any, lane: Lane) -> None:
        self.libsbml = library("libsbml")
        self.lane, self.network = lane, lane.network
        self.model = document.createModel()
        self.pieces = (HIT, SPARED) if lane.piece == "mean" else ("",)
        self.grammar = self.libsbml.L3ParserSettings()
        self.grammar.setParseLog(self.libsbml.L3P_PARSE_LOG_AS_ERROR)  # ln or log10, never a guess
        self.grammar.setModel(self.model)

    def frame(self) -> None:
        """Model, units of everything, and the place where the states are."""
        model = self.model
        model.setId(self.network.name)
        model.setName(self.lane.title)
        model.setTimeUnits(define(model, "d"))
        for name in self.lane.network.constants:
            define(model, self.lane.unit(name))
        for setter in (model.setSubstanceUnits, model.setExtentUnits, model.setVolumeUnits):
            setter(DIMENSIONLESS)
        place = model.createCompartment()
        place.setId(PLACE)
        place.setConstant(True)
        place.setSpatialDimensions(3)
        place.setSize(1.0)
        place.setUnits(DIMENSIONLESS)
        describe_model(self.lane, model)
        describe(self.lane, place, PLACE)

    def functions(self) -> None:
        """Function definitions; their numbers are pure numbers."""
        for name, function in self.network.functions.items():
            made = self.model.createFunctionDefinition()
            made.setId(name)
            inner = ", ".join((*function.arguments, function.body))
            made.setMath(self._math(f"lambda({inner})"))

    def constants(self) -> None:
        """Constants with value and unit; derived ones keep their formula unless something else moved them."""
        for name in self.network.constants:
            if name in self.lane.session_constants:
                continue
            value = self.lane.constants.get(name)
            self._parameter(name, self.lane.unit(name), value)
            if value is None:
                self._start(name, self.network.derived[name])
        for number, session in enumerate(self.lane.sessions, start=1):
            for name in self.lane.session_constants:
                self._parameter(f"{name}_{number}", self.lane.unit(name), session[name], about=name)
            if self.lane.piece == "mean":
                self._parameter(f"{SHARE}_{number}", "1", session[SHARE], about=SHARE)
        if self.lane.piece == "mean":
            self._parameter(SHARE, "1", 0.0, constant=False)

    def states(self) -> None:
        """Species with their start, 0 where the network names none."""
        for name in self.network.states:
            for piece in self.pieces:
                self._species(name, _in(name, piece))

    def _species(self, state: str, name: str) -> None:
        species = self.model.createSpecies()
        species.setId(name)
        species.setCompartment(PLACE)
        species.setSubstanceUnits(DIMENSIONLESS)
        species.setHasOnlySubstanceUnits(False)  # read as amounts, COPASI 4.48 divides by any constant near 1
        species.setBoundaryCondition(False)
        species.setConstant(False)
        start = self.network.initial.get(state, "0")
        try:
            species.setInitialConcentration(float(start))
        except ValueError:
            self._start(name, start)
        describe(self.lane, species, state)

    def rules(self) -> None:
        """Assignment rules, then one rate rule for each state."""
        if self.lane.piece == "mean":
            for name in self.network.states:
                self._assigned(name, _mixture(name), "")
        for name, formula in self.network.assignments.items():
            for piece in dict.fromkeys((*self.pieces, "")):
                self._assigned(name, formula, piece)
        for name, formula in self.network.rates.items():
            for piece in self.pieces:
                rule = self.model.createRateRule()
                rule.setVariable(_in(name, piece))
                rule.setMath(self._math(formula, piece))

    def _assigned(self, name: str, formula: str, piece: str) -> None:
        parameter = self._parameter(_in(name, piece), "1", None, about=name, constant=False)
        rule = self.model.createAssignmentRule()
        rule.setVariable(_in(name, piece))
        rule.setMath(self._math(formula, piece))
        parameter.setUnits(of_formula(self.model, rule))

    def events(self) -> None:
        """One event for each session and event of the network, from the values of just before it."""
        for number, session in enumerate(self.lane.sessions, start=1):
            for event, changes in self.network.events.items():
                self._event(f"{event}_{number}", number, changes if session["activation"] > 0.0 else {})

    def _event(self, name: str, number: int, changes: dict[str, str]) -> None:
        whole = self.lane.piece == "mean"
        if not whole and not changes:
            return  # a session that does not reach the layer
        event = self.model.createEvent()
        event.setId(name)
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)  # a session on day 0 happens
        trigger.setPersistent(True)
        trigger.setMath(self._math(f"time >= {DAY}", number=number))
        for state in self.network.states if whole else changes:
            self._sets(event, _in(state, self.pieces[0]), changes.get(state, state), number)
            if whole:
                self._sets(event, _in(state, SPARED), state, number)
        if whole:
            self._sets(event, SHARE, f"{SHARE}_{number}", number)

    def _sets(self, event: Any, name: str, formula: str, number: int) -> None:
        """One assignment of an event; states of a mean are written out, for AMICI knows no rule within an event."""
        assignment = event.createEventAssignment()
        assignment.setVariable(name)
        if self.lane.piece == "mean":
            formula = re.sub(r"[A-Za-z_]\w*", self._written_out, formula)
        assignment.setMath(self._math(formula, number=number))

    def _written_out(self, name: re.Match[str]) -> str:
        return f"({_mixture(name[0])})" if name[0] in self.network.states else name[0]

    def _parameter(self, name: str, unit: str, value: float | None, *, about: str = "", constant: bool = True) -> Any:
        parameter = self.model.createParameter()
        parameter.setId(name)
        parameter.setConstant(constant)
        parameter.setUnits(define(self.model, unit))
        if value is not None:
            parameter.setValue(value)
        describe(self.lane, parameter, about or name)
        return parameter

    def _start(self, name: str, formula: str) -> None:
        assignment = self.model.createInitialAssignment()
        assignment.setSymbol(name)
        assignment.setMath(self._math(formula))

    def _math(self, formula: str, piece: str = "", number: int | None = None) -> Any:
        """A formula of the network as MathML, with the names of a piece of tissue or of a session."""
        tree = self.libsbml.parseL3FormulaWithSettings(formula, self.grammar)
        if tree is None:
            raise ValueError(f"{formula!r}: {self.libsbml.getLastParseL3Error()}")
        for name in (*self.network.states, *self.network.assignments) if piece else ():
            tree.renameSIdRefs(name, _in(name, piece))
        for name in self.lane.session_constants if number is not None else ():
            tree.renameSIdRefs(name, f"{name}_{number}")
        tree = _smooth(tree)
        _pure_numbers(tree)
        return tree


def _in(name: str, piece: str) -> str:
    return f"{name}_{piece}" if piece else name


def _mixture(state: str) -> str:
    """A state over the whole layer, from what is hit and what is spared."""
    return f"{_in(state, SPARED)} + {SHARE}*({_in(state, HIT)} - {_in(state, SPARED)})"


def _smooth(tree: Any) -> Any:
    """The same formula with `max(x, 0)` for `piecewise(x, x > 0, 0)`: no jump, so nothing for a solver to look for."""
    libsbml = library("libsbml")
    for number in range(tree.getNumChildren()):
        tree.replaceChild(number, _smooth(tree.getChild(number)), True)
    if tree.getType() != libsbml.AST_FUNCTION_PIECEWISE or tree.getNumChildren() != 3:
        return tree.deepCopy()
    value, condition, other = (libsbml.formulaToL3String(tree.getChild(number)) for number in range(3))
    if other != "0" or condition not in (f"{value} > 0", f"{value} >= 0"):
        return tree.deepCopy()
    return libsbml.parseL3Formula(f"max({value}, 0)")


def _pure_numbers(tree: Any) -> None:
    """Every number in a formula is a pure number: whatever has a unit has a name."""
    if tree.isNumber():
        tree.setUnits(DIMENSIONLESS)
    for number in range(tree.getNumChildren()):
        _pure_numbers(tree.getChild(number))
