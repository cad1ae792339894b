"""Writes the page of equations from `network.ant` and the evidence: states, rates, sessions, constants with sources.

Run it after every change of the model file or of its constants: `python -m dermatwin.healing.equations docs/equations.md`.
A test writes the page anew and compares, so it cannot drift.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..evidence import GRADES, Evidence, Parameter
from .antimony import Network, read

HEAD = """# The equations of healing

Generated from `src/dermatwin/healing/network.ant` and the evidence; do not edit. One set of these equations stands for one
layer of skin, inside the part that the needles activate. Time is in days. Cells and mediators are relative to their peak in
a full-thickness wound, tissue is relative to its own untreated baseline. Medians are those before any fit; where a fit moved
one, the fitted median follows in brackets. The range bounds every draw. What stands behind each rule, and what would refute
it, is in `docs/design/002-healing-network.md`.
"""
WIDTH = 100  # numerical: characters of a line of an equation


def page(evidence: Evidence, network: Network | None = None) -> str:
    """The whole page in Markdown."""
    network = network or read()
    parts = [
        HEAD,
        *_functions(network),
        "## States",
        *(_state(name, network, evidence) for name in network.states),
        "## Shared terms",
        *_shared(network),
        "## Constants that follow from others",
        *_derived(network),
        "## Constants",
        _constants(network, evidence),
        "## Grades",
        _grades(),
        "## Sources",
        _sources(network, evidence),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _functions(network: Network) -> Iterator[str]:
    if network.functions:
        yield "## Functions"
        yield _code(f"{name}({', '.join(f.arguments)}) = {f.body}" for name, f in network.functions.items())


def _state(name: str, network: Network, evidence: Evidence) -> str:
    quantity = evidence.quantities.get(name)
    title = quantity.title if quantity else name.replace("_", " ")
    lines = [*_equation(f"d/dt {name}", network.rates[name])]
    lines += [f"{name}(0) = {network.initial.get(name, '0')}"]
    lines += [f"at each session: {name} -> {changes[name]}" for changes in network.events.values() if name in changes]
    note = f"\n\n{quantity.note}" if quantity and quantity.note else ""
    return f"### {title}\n\n{_code(lines)}{note}"


def _shared(network: Network) -> Iterator[str]:
    if network.assignments:
        yield _code(line for name, formula in network.assignments.items() for line in _equation(name, formula))


def _derived(network: Network) -> Iterator[str]:
    if network.derived:
        yield _code(line for name, formula in network.derived.items() for line in _equation(name, formula))


def _constants(network: Network, evidence: Evidence) -> str:
    rows = ["| constant | symbol | median | range | unit | grade | source | note |", "|---|---|---|---|---|---|---|---|"]
    rows += [_constant(evidence.parameters[name]) for name in network.constants if name in evidence.parameters]
    elsewhere = [name for name in network.constants if name not in evidence.parameters and name not in network.derived]
    named = ", ".join(f"`{name}` [{network.units[name]}]" for name in elsewhere)
    words = f"Given by the skin or by each session, not by the table: {named}." if elsewhere else ""
    return "\n".join(rows) + (f"\n\n{words}" if words else "")


def _constant(parameter: Parameter) -> str:
    fitted = f" ({parameter.fitted[1]:.3g})" if parameter.fitted else ""
    spread = f"{parameter.low:g} to {parameter.high:g}"
    cells = (
        f"`{parameter.name}`",
        parameter.symbol,
        f"{parameter.value:g}{fitted}",
        spread,
        parameter.unit,
        parameter.grade,
        ", ".join(parameter.sources),
        parameter.note,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _grades() -> str:
    return "\n".join(f"- **{grade}** {meaning}" for grade, meaning in GRADES.items())


def _sources(network: Network, evidence: Evidence) -> str:
    used = {
        source for name in network.constants if name in evidence.parameters for source in evidence.parameters[name].sources
    }
    return "\n".join(
        f"- **{name}** {evidence.sources[name].citation}"
        + (f", {evidence.sources[name].identifier}" if evidence.sources[name].identifier else "")
        for name in sorted(used)
    )


def _code(lines: Iterable[str]) -> str:
    return "```\n" + "\n".join(lines) + "\n```"


def _equation(left: str, right: str) -> list[str]:
    """An equation on one line, or one summand to a line where it is long."""
    whole = f"{left} = {right}"
    if len(whole) <= WIDTH:
        return [whole]
    first, *others = summands(right)
    return [f"{left} = {first}", *(f"    {other}" for other in others)]


def summands(formula: str) -> list[str]:
    """The summands of a formula with their signs, outside of brackets: 'a - b*(c + d)' -> ['a', '- b*(c + d)']."""
    depth, begin, found = 0, 0, []
    for match in re.finditer(r"[()]| [+-] ", formula):
        if match[0] in "()":
            depth += 1 if match[0] == "(" else -1
        elif depth == 0:
            found.append(formula[begin : match.start()].strip())
            begin = match.start()
    return [*found, formula[begin:].strip()]


def main() -> None:
    """Write the page to the file that is named."""
    if len(sys.argv) != 2:
        sys.exit("FILE: is missing; write: python -m dermatwin.healing.equations docs/equations.md")
    target = Path(sys.argv[1])
    target.write_text(page(Evidence.packaged()), encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
