"""Turns expressions of the network into statements that compile to few instructions.

Three things are done that a compiler does not do by itself, because each changes the last bit: parts that hold constants
only are worked out once for each lane (`Known`), every division by the same thing becomes one (`reciprocals`), and whole
powers become products. Common parts are found by sympy. The code runs on plain floats and on octets alike, so a condition
is a `select` and not a branch. Used at development time only.
"""

# pyright: basic, reportArgumentType=false, reportReturnType=false, reportIndexIssue=false, reportGeneralTypeIssues=false, reportOperatorIssue=false
from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pycode import PythonCodePrinter

MOST_FACTORS = 8  # numerical: largest whole power that is written as a product

Targets = Mapping[str, sympy.Expr]


class _Printer(PythonCodePrinter):
    """Python for numbers and octets: whole powers as products, conditions as `select`, truth by & and |."""

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, power = expr.as_base_exp()
        if power.is_Integer and 1 < abs(int(power)) <= MOST_FACTORS:
            product = _power(self.parenthesize(base, PRECEDENCE["Atom"]), abs(int(power)))
            return product if int(power) > 0 else f"(1/{product})"
        return super()._print_Pow(expr, rational)

    def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
        (value, condition), *rest = expr.args
        if condition == True:  # noqa: E712  sympy's own truth
            return self._print(value)
        return f"select({self._print(condition)}, {self._print(value)}, {self._print(sympy.Piecewise(*rest))})"

    def _print_And(self, expr: sympy.And) -> str:
        return "(" + " & ".join(f"({self._print(part)})" for part in expr.args) + ")"

    def _print_Or(self, expr: sympy.Or) -> str:
        return "(" + " | ".join(f"({self._print(part)})" for part in expr.args) + ")"


def _power(base: str, power: int) -> str:
    """A whole power with few products: x*x, (x*x)*x, (x*x)*(x*x) ..."""
    if power == 1:
        return base
    half = _power(base, power // 2)
    return f"({half}*{half}*{base})" if power % 2 else f"({half}*{half})"


printed = _Printer({"fully_qualified_modules": False}).doprint


class Known:
    """Parts of expressions that hold constants only, each with a name."""

    def __init__(self, constants: tuple[str, ...]) -> None:
        self.constants = {sympy.Symbol(name, real=True) for name in constants}
        self.names: dict[sympy.Expr, sympy.Symbol] = {}

    def taken_out(self, expr: sympy.Expr) -> sympy.Expr:
        """The same expression with a name for every part without states; sums and products are taken apart for it."""
        if not expr.free_symbols:
            return expr
        if isinstance(expr, sympy.Expr) and expr.free_symbols <= self.constants:
            return self._named(expr)
        if not (expr.is_Add or expr.is_Mul):
            return expr.func(*map(self.taken_out, expr.args)) if expr.args else expr
        fixed = expr.func(*(part for part in expr.args if part.free_symbols <= self.constants))
        rest = (self.taken_out(part) for part in expr.args if not part.free_symbols <= self.constants)
        return expr.func(self.taken_out(fixed), *rest)

    def _named(self, expr: sympy.Expr) -> sympy.Expr:
        """One name for a part and its negative."""
        if -expr in self.names:
            return -self.names[-expr]
        return self.names.setdefault(expr, sympy.Symbol(f"c_{len(self.names)}", real=True))


def reciprocals(targets: Targets) -> tuple[Targets, dict[sympy.Expr, sympy.Symbol]]:
    """Every 1/x^n as a power of one r = 1/x, and of what each r is the reciprocal."""
    names: dict[sympy.Expr, sympy.Symbol] = {}

    def replaced(expr: sympy.Expr) -> sympy.Expr:
        if not expr.args:
            return expr
        parts = [replaced(part) for part in expr.args]
        if expr.is_Pow and parts[1].is_Integer and parts[1] < 0:
            return names.setdefault(parts[0], sympy.Symbol(f"r_{len(names)}", real=True)) ** -parts[1]
        return expr.func(*parts)

    return {name: replaced(value) for name, value in targets.items()}, names


def statements(
    targets: Targets, places: Mapping[str, str], shared: Mapping[sympy.Expr, sympy.Symbol] | None = None
) -> list[str]:
    """Common parts, then the targets, then all stores: what is read between two stores might have been written by them."""
    shared = shared or {}
    common, reduced = sympy.cse([*shared, *targets.values()], symbols=sympy.numbered_symbols("x_"), order="none")
    inner = dict(common) | {name: 1 / value for name, value in zip(shared.values(), reduced, strict=False)}
    lines = [f"{name} = {_placed(inner[name], places)}" for name in _in_order(inner)]
    lines += [f"f_{i} = {_placed(value, places)}" for i, value in enumerate(reduced[len(shared) :])]
    return lines + [f"{target} = f_{i}" for i, target in enumerate(targets)]


def _placed(expr: sympy.Expr, places: Mapping[str, str]) -> str:
    """An expression in which every name is read from its place, where it is needed: few need be held at once."""
    return printed(expr.xreplace({s: sympy.Symbol(places[str(s)]) for s in expr.free_symbols if str(s) in places}))


def _in_order(values: Mapping[sympy.Symbol, sympy.Expr]) -> list[sympy.Symbol]:
    """Every name after those that it is worked out from."""
    done: dict[sympy.Symbol, None] = {}

    def place(name: sympy.Symbol) -> None:
        for other in sorted(values[name].free_symbols & values.keys(), key=str):
            place(other)
        done.setdefault(name)

    for name in values:
        place(name)
    return list(done)
