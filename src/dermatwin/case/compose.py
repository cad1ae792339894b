"""A case built on another one: mappings are merged key by key, lists are replaced, null takes a key away.

`base: other.yaml` names a file relative to the one that it stands in. Overrides are laid on top, one dotted path each
("course.settings.cheek.needle_length"). Composition works on plain values; whether the result is a case is checked
afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path, PureWindowsPath
from typing import Any

from ..core.errors import CaseError, Fault
from ..core.printing import unprintable_in
from .address import Loc, located
from .faults import PlacedFault, shown
from .reading import Tree, read_file
from .words import tidied

MAX_BASES = 8
BASE = "base"
ENDINGS = (".yaml", ".yml")
OF_A_CASE = frozenset({BASE, "course", "dermatwin", "patient", "zones"})
"""Keys of which a file that is a case, or a part of one, has at least one."""


def composed(path: Path) -> Tree:
    """The plain values of a case file with its bases merged in, and the faults of reading them."""
    chain = [path]
    trees = [_tidy(read_file(path))]
    while isinstance(trees[-1].value, dict) and BASE in trees[-1].value:
        name = trees[-1].value.pop(BASE)
        chain.append(_base(chain, name))
        trees.append(_tidy(_case_in(chain[-1], shown(name))))
    value: Any = trees[-1].value
    for tree in reversed(trees[:-1]):
        value = merged(value, tree.value)
    return Tree(value, [_named(fault, file, path) for tree, file in zip(trees, chain, strict=True) for fault in tree.faults])


def _case_in(path: Path, name: str) -> Tree:
    """The plain values of a base; a fault that tells nothing of a file that is no case."""
    tree = read_file(path)
    if not isinstance(tree.value, dict) or not OF_A_CASE & tree.value.keys():
        raise _fault(BASE, name, f"is not a case; a case has lines of {', '.join(sorted(OF_A_CASE))}")
    return tree


def _tidy(tree: Tree) -> Tree:
    """What a file says, with zones named alike in all files."""
    value, faults = tidied(tree.value)
    return Tree(value, [*tree.faults, *faults])


def merged(below: Any, above: Any) -> Any:
    """`above` laid over `below`."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    result = {key: value for key, value in below.items() if not (key in above and above[key] is None)}
    for key, value in above.items():
        if value is not None:
            result[key] = merged(below.get(key), value)
    return result


def overridden(raw: Any, overrides: Mapping[str, Any]) -> tuple[Any, list[PlacedFault]]:
    """Plain values with some of them replaced, by dotted path; null takes a key away."""
    faults: list[PlacedFault] = []
    for path, value in overrides.items():
        try:
            raw = _replaced(raw, located(path, raw), value)
        except LookupError as error:
            faults.append(((), Fault(path, "", f"is no place in this case: {error.args[0]}")))
    return raw, faults


def _replaced(raw: Any, loc: Loc, value: Any) -> Any:
    if not loc:
        return value
    first, rest = loc[0], loc[1:]
    if isinstance(raw, list) and isinstance(first, int):
        return [_replaced(entry, rest, value) if number == first else entry for number, entry in enumerate(raw)]
    if raw is not None and not isinstance(raw, dict):
        raise LookupError(f"{shown(raw)} has nothing inside it called '{first}'")
    here = dict(raw or {})
    if value is None and not rest:
        here.pop(first, None)
    else:
        here[first] = _replaced(here.get(first), rest, value)
    return here


def _base(chain: list[Path], name: Any) -> Path:
    inside = chain[-1]
    where = BASE if len(chain) == 1 else f"{inside}: {BASE}"
    if not isinstance(name, str) or not name.strip():
        raise _fault(where, shown(name), "is not a file name; write for example 'base: other.yaml'")
    if unprintable_in(name):
        raise _fault(where, shown(name), "is not a file name; it holds characters that are no text")
    if Path(name).is_absolute() or PureWindowsPath(name).is_absolute():
        raise _fault(where, shown(name), f"is not a path relative to {inside.parent}")
    if Path(name).suffix.lower() not in ENDINGS:
        raise _fault(where, shown(name), f"is not the name of a case file, which ends in {' or '.join(ENDINGS)}")
    path = inside.parent / name
    if os.path.realpath(path) in {os.path.realpath(known) for known in chain}:
        circle = " -> ".join(str(known) for known in (*chain, path))
        raise _fault(where, shown(name), f"goes round in a circle: {circle}")
    if len(chain) > MAX_BASES:
        raise _fault(where, shown(name), f"is one base too many; at most {MAX_BASES} may follow one another")
    if not path.exists():
        close = get_close_matches(Path(name).name, _neighbours(path.parent), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise _fault(where, shown(name), f"does not exist{hint}")
    return path


def _neighbours(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _named(placed: PlacedFault, file: Path, top: Path) -> PlacedFault:
    loc, fault = placed
    return placed if file == top else (loc, Fault(f"{file}: {fault.path}", fault.found, fault.expected))


def _fault(where: str, found: str, expected: str) -> CaseError:
    return CaseError([Fault(where, found, expected)])
