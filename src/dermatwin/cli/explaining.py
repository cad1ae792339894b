"""An explanation for people: facts, the tree of what a number stands on, parameters and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.tree import Tree

from ..evidence import GRADES, weakest
from ..naming import EVERY, joined
from .tables import console, listing

if TYPE_CHECKING:
    from ..evidence import Parameter, Source, Split
    from ..explanation import Explanation, Node
    from ..lookup import Entry

LEAST = 0.01  # share of a spread that is told of
FEW = 4  # other names that are listed
MANY = 12  # members of a family that are listed one by one


def show_explanation(found: Explanation) -> None:
    """Print everything that is known about one name."""
    page = console()
    page.print(f"[bold]{escape(found.name)}[/] ({found.kind}): {escape(found.title)}", highlight=False)
    for key, value in found.facts.items():
        for line in _fact(key, value):
            page.print(line, highlight=False)
    if found.grade:
        counts = ", ".join(f"{count} {grade}" for grade, count in found.grades.items())
        page.print(f"  weakest grade: [bold]{found.grade}[/], {GRADES[found.grade]}" + (f" ({counts})" if counts else ""))
    if found.split is not None:
        for line in _split(found.split):
            page.print(line, highlight=False)
    if found.used_by:
        page.print(f"  used by: {', '.join(found.used_by)}", highlight=False)
    if found.tree is not None:
        page.print(_tree(found.tree))
    if found.parameters:
        page.print(_parameters(found.parameters, grouped=found.kind != "family"))
    for pool in found.pools:
        page.print(f"[dim]pool[/] {pool.name}: {escape(pool.title)}  [dim]{pool.grade}[/]", highlight=False)
    if found.sources:
        page.print("[bold]Sources[/]")
        for source in found.sources:
            page.print(_source(source), highlight=False)
    if found.also:
        page.print(f"The same name is also a {' and a '.join(found.also)}.", style="dim")


def show_entries(found: Sequence[Entry]) -> None:
    """Print a catalogue, a line for each entry."""
    table = listing("Name", "What it is", "Other names")
    for entry in found:
        others = [name for name in entry.names if name not in (entry.title, entry.name)]
        more = f" and {len(others) - FEW} more" if len(others) > FEW else ""
        table.add_row(entry.name, escape(entry.title), escape(", ".join(others[:FEW])) + more)
    console().print(table)


def _fact(key: str, value: Any) -> Iterator[str]:
    label = key.replace("_", " ")
    if isinstance(value, dict):
        yield f"  {label}:"
        yield from (f"    {escape(str(name))}: {escape(str(text))}" for name, text in value.items())
    else:
        text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        yield f"  {label}: {escape(text)}"


def _split(split: Split) -> Iterator[str]:
    """Where the spread comes from: by grade, by source, and what carries most of it."""
    grades, spreads = (", ".join(_shares(shares)) for shares in (split.grades, split.spreads))
    yield f"  spread in a usual course: {grades}; {spreads}"
    if split.carried_by:
        yield f"  carried most by: {escape(', '.join(split.carried_by))}"


def _shares(shares: dict[str, float]) -> Iterator[str]:
    """The shares that are seen, the largest first."""
    yield from (f"{share:.0%} {name}" for name, share in sorted(shares.items(), key=lambda pair: -pair[1]) if share >= LEAST)


def _tree(node: Node, above: Tree | None = None) -> Tree:
    label = f"{escape(node.name)}  [dim]{node.grade}{', see above' if node.seen else ''}[/]"
    tree = Tree(f"stands on: {label}") if above is None else above.add(label)
    leaves = [child for child in node.children if child.kind != "quantity"]
    for text in _families(leaves):
        tree.add(text)
    for child in node.children:
        if child.kind == "quantity":
            _tree(child, tree)
    return tree


def _families(leaves: Iterable[Node]) -> Iterator[str]:
    """One line per parameter; a family of many is one line."""
    families: dict[str, list[Node]] = {}
    for leaf in leaves:
        families.setdefault(leaf.family, []).append(leaf)
    for family, members in families.items():
        if len(members) > MANY:
            every, weak = escape(joined(family, EVERY)), weakest([member.grade for member in members])
            yield f"[dim]parameters[/] {every}, {len(members)} values  [dim]{weak}[/]"
        else:
            yield from (f"[dim]{member.kind}[/] {escape(member.name)}  [dim]{member.grade}[/]" for member in members)


def _parameters(parameters: Iterable[Parameter], grouped: bool) -> Table:
    table = listing(
        "parameter",
        "value",
        "unit",
        "range",
        "spread",
        "grade",
        "sources",
        title="Parameters (spread: k knowledge, p person, c chance; -> after a fit)",
    )
    families: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        families.setdefault(parameter.family, []).append(parameter)
    for family, members in families.items():
        for row in [_family(family, members)] if grouped and len(members) > MANY else map(_row, members):
            table.add_row(*map(escape, row))
    return table


def _row(parameter: Parameter) -> tuple[str, ...]:
    value = f"{parameter.value:g}"
    if parameter.fitted is not None:
        value += f" -> {parameter.fitted[1]:.3g}{'' if parameter.informed else ' (prior)'}"
    return (
        parameter.name,
        value,
        parameter.unit,
        f"{parameter.low:g} to {parameter.high:g}",
        _spread(parameter),
        parameter.grade,
        ", ".join(parameter.sources),
    )


def _family(name: str, members: list[Parameter]) -> tuple[str, ...]:
    """One row for a family of many: its name alone lists them (`dermatwin explain NAME`)."""
    values, units = [m.value for m in members], sorted({m.unit for m in members})
    sources = sorted({source for member in members for source in member.sources})
    return (
        joined(name, EVERY),
        f"{min(values):g} to {max(values):g}",
        ", ".join(units),
        f"{len(members)} values",
        "",
        weakest([member.grade for member in members]),
        ", ".join(sources),
    )


def _spread(parameter: Parameter) -> str:
    """Which sources of spread there are, in the meaning of the distribution."""
    if parameter.distribution in ("fixed", "uniform"):
        return parameter.distribution
    sizes = {"k": parameter.knowledge, "p": parameter.person, "c": parameter.chance}
    return f"{parameter.distribution} " + " ".join(f"{name}{size:g}" for name, size in sizes.items() if size)


def _source(source: Source) -> Padding:
    details = ", ".join(filter(None, (source.year, source.identifier, source.kind, source.note)))
    return Padding(f"[bold]{escape(source.id)}[/]: {escape(source.citation)} [dim]({escape(details)})[/]", (0, 0, 0, 2))
