"""Typed mutations of a document: what is done to it, and what must come of it.

REFUSED     faults, whatever else the document says
SAME        the same case as before: what was changed is no part of what it says
DIFFERENT   faults, or a case in which the change is seen
ANY         faults or a case; neither an exception nor a hang
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

REFUSED, SAME, DIFFERENT, ANY = "refused", "same", "different", "any"

Place = tuple[str | int, ...]
Tree = dict[str, Any]
QUANTITY = re.compile(r"([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?) ?([A-Za-zµ%/^0-9 ]*[A-Za-z%][A-Za-z%^0-9/]*)")
SIGNED = {"apply", "remove", "time", "days", "outline", "value", "low", "high"}
"""Keys of what may lie below zero."""
WHOLE = {"count", "passes", "directions", "session", "sessions", "n", "needle_count"}
FREE = {"title", "description", "note", "detail", "name", "which"}
"""Keys of text that nothing is looked up by."""
NAMED = {"device", "zone", "concern", "scale", "sex", "phototype", "hydration", "sun"}
"""Keys of words that are known or are not."""
NEEDED: tuple[tuple[str | None, ...], ...] = (
    ("patient",),
    ("zones",),
    ("course",),
    ("patient", "age"),
    ("patient", "sex"),
    ("patient", "phototype"),
    ("zones", None, "zone"),
    ("zones", None, "area"),
    ("course", "device"),
    ("course", "start"),
    ("course", "topicals", None, "product"),
    ("course", "topicals", None, "dose"),
    ("course", "topicals", None, "apply"),
    ("observations", None, "quantity"),
    ("observations", None, "zone"),
    ("observations", None, "value"),
    ("observations", None, "unit"),
    ("symptoms", None, "symptom"),
    ("held", None, "session"),
)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
CONTROLS = ("\x1b[2J", "\x00", "\x07", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\x9b", "\x7f")


@dataclass(frozen=True)
class Mutated:
    """A changed document: its bytes, or what is to be done with the file."""

    name: str
    expect: str
    content: bytes
    note: str = ""


Mutation = Callable[[Tree, np.random.Generator], Mutated | None]


def nodes(tree: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value of a tree with its place, the tree itself first."""
    yield place, tree
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in entries:
        yield from nodes(value, (*place, key))


def at(tree: Any, place: Place) -> Any:
    """The value at a place."""
    for part in place:
        tree = tree[part]
    return tree


def put(tree: Tree, place: Place, value: Any) -> Tree:
    """A copy of a tree with another value at a place."""
    made = copy.deepcopy(tree)
    at(made, place[:-1])[place[-1]] = value
    return made


def key_of(place: Place) -> str:
    """The key under which a value stands, lists passed over."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def dumped(tree: Any) -> str:
    """A tree as a file has it."""
    return yaml.dump(tree, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=10_000)


def _quantities(tree: Tree) -> list[tuple[Place, str]]:
    skipped = FREE | {"product", "medications", "conditions", "symptom", "quantity", "device", "smiles", "which", "about"}
    return [
        (place, value)
        for place, value in nodes(tree)
        if isinstance(value, str) and QUANTITY.fullmatch(value) and key_of(place) not in skipped
    ]


def _numbers(tree: Tree) -> list[tuple[Place, float]]:
    return [
        (place, value)
        for place, value in nodes(tree)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and key_of(place) != "dermatwin"
    ]


def _leaves(tree: Tree) -> list[tuple[Place, Any]]:
    return [(place, value) for place, value in nodes(tree) if not isinstance(value, (dict, list)) and place]


def _mappings(tree: Tree) -> list[tuple[Place, dict[str, Any]]]:
    return [(place, value) for place, value in nodes(tree) if isinstance(value, dict) and value]


def _keyed(tree: Tree) -> list[Place]:
    return [place for place, _ in nodes(tree) if place and isinstance(place[-1], str)]


def _pick(luck: np.random.Generator, options: Any) -> Any:
    options = list(options)
    return options[int(luck.integers(len(options)))] if options else None


def _where(place: Place) -> str:
    return ".".join(map(str, place))


# --- keys ---


def drop_key(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Any key; what it said may have been what is meant without it."""
    place = _pick(luck, _keyed(tree))
    made = copy.deepcopy(tree)
    del at(made, place[:-1])[place[-1]]
    return Mutated("key dropped", ANY, dumped(made).encode(), _where(place))


def drop_needed(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A key without which there is no case."""
    ways = [place for place in _keyed(tree) if tuple(p if isinstance(p, str) else None for p in place) in NEEDED]
    place = _pick(luck, ways)
    made = copy.deepcopy(tree)
    del at(made, place[:-1])[place[-1]]
    return Mutated("needed key dropped", REFUSED, dumped(made).encode(), _where(place))


def duplicate_key(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A key twice in one mapping, with the same value or another."""
    place = _pick(luck, _keyed(tree))
    made = copy.deepcopy(tree)
    inside = at(made, place[:-1])
    inside["__twice__"] = inside[place[-1]] if luck.random() < 0.5 else "other"
    return Mutated("key twice", REFUSED, dumped(made).replace("__twice__", str(place[-1])).encode(), _where(place))


def rename_key(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A key misspelt, in other letters, or that looks the same."""
    place = _pick(luck, _keyed(tree))
    old = str(place[-1])
    new = _pick(luck, (f"{old}_x", old[1:] + old[0], old.upper() + "!", old.replace("a", "а").replace("e", "е"), f" {old} "))
    made = copy.deepcopy(tree)
    inside = at(made, place[:-1])
    if new.strip() == old or new in inside:
        return None
    renamed = {new if key == old else key: value for key, value in inside.items()}
    inside.clear()
    inside.update(renamed)
    return Mutated("key renamed", REFUSED, dumped(made).encode(), f"{_where(place)} -> {new!r}")


def unknown_key(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A key that nobody knows."""
    place, _ = _pick(luck, _mappings(tree))
    made = copy.deepcopy(tree)
    at(made, place)[_pick(luck, ("colour", "<<", "__proto__", "1", "null", "$ref", "draws"))] = 3
    return Mutated("unknown key", REFUSED, dumped(made).encode(), _where(place))


# --- types ---


def wrong_type(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A mapping or a list where a value belongs."""
    place, _ = _pick(luck, _leaves(tree))
    value = _pick(luck, ({"a": 1}, [], [1, 2], [["x"]], {"": {}}, [None]))
    return Mutated("wrong type", REFUSED, dumped(put(tree, place, value)).encode(), f"{_where(place)} = {value}")


def other_leaf(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Nothing, true, a number or empty text where another value stood."""
    place, _ = _pick(luck, _leaves(tree))
    value = _pick(luck, (None, True, False, 0, -1, 3.5, "", " ", "~", "null", "x"))
    return Mutated("other value", ANY, dumped(put(tree, place, value)).encode(), f"{_where(place)} = {value!r}")


def true_for_a_quantity(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """True, or nothing but spaces, where a quantity belongs."""
    place, _ = _pick(luck, _quantities(tree))
    value = _pick(luck, (True, False, "", "   ", "yes", "mm", "about right"))
    return Mutated("no quantity", REFUSED, dumped(put(tree, place, value)).encode(), f"{_where(place)} = {value!r}")


def shape_of_a_list(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Text or a number where a list or a mapping belongs."""
    options = [p for p, v in nodes(tree) if isinstance(v, (dict, list)) and v and p and isinstance(p[-1], str)]
    options = [
        p for p in options if p[-1] not in {"product", "device", "sessions", "keep_free", "conditions", "medications"}
    ]
    place = _pick(luck, [p for p in options if "anamnesis" not in p])
    if place is None:
        return None
    value = _pick(luck, (7, 1.5, True, "text of one line"))
    return Mutated("no list or mapping", REFUSED, dumped(put(tree, place, value)).encode(), f"{_where(place)} = {value!r}")


# --- numbers and units ---


def absurd_number(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A quantity or number beyond all bounds, or none."""
    if luck.random() < 0.7:
        place, text = _pick(luck, _quantities(tree))
        unit = QUANTITY.fullmatch(text)[2]  # type: ignore[index]
        number = _pick(
            luck, ("1e308", "1e400", "nan", "inf", "-inf", "NaN", "1e99", "0x10", "1_000", "--5", "5..5", "1e", "∞")
        )
        return Mutated("absurd quantity", REFUSED, dumped(put(tree, place, f"{number} {unit}")).encode(), _where(place))
    found = _pick(luck, _numbers(tree))
    if found is None:
        return None
    number = _pick(luck, ("1.0e+308", ".nan", ".inf", "-.inf", "1e400", "1.0e+99", "9" * 400))
    text = dumped(put(tree, found[0], "__number__")).replace("__number__", number)
    return Mutated("absurd number", REFUSED, text.encode(), f"{_where(found[0])} = {number[:12]}")


def negative(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Below zero, where nothing can be."""
    options: list[tuple[Place, Any]] = [*_quantities(tree), *_numbers(tree)]
    place, value = _pick(luck, [one for one in options if key_of(one[0]) not in SIGNED])
    if str(value).startswith(("0 ", "-")) or value == 0:
        return None
    made = f"-{value}" if isinstance(value, str) else -value
    return Mutated("negative", REFUSED, dumped(put(tree, place, made)).encode(), f"{_where(place)} = {made}")


def no_whole_number(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A count with a fraction, of nothing, or of more than there can be."""
    found = _pick(luck, [place for place, _ in _numbers(tree) if key_of(place) in WHOLE])
    if found is None:
        return None
    value = _pick(luck, (1.5, 0, -1, "two", "1 x") if key_of(found) == "n" else (1.5, 0, -1, 10**6, 10**18, "two", "1 x"))
    return Mutated("no count", REFUSED, dumped(put(tree, found, value)).encode(), f"{_where(found)} = {value}")


def tiny_number(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Next to nothing, in other digits, or in a form that machines write."""
    place, text = _pick(luck, _quantities(tree))
    unit = QUANTITY.fullmatch(text)[2]  # type: ignore[index]
    number = _pick(luck, ("1e-320", "5e-324", "0", "-0", "٣", "１.５", "+3", "3.", ".5", "0003", "3,5", "3 1/2", "½"))
    return Mutated("odd number", ANY, dumped(put(tree, place, f"{number} {unit}")).encode(), f"{_where(place)} = {number}")


def slightly_other(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A number a little larger, which the case must show."""
    if luck.random() < 0.6:
        place, text = _pick(luck, _quantities(tree))
        number, unit = QUANTITY.fullmatch(text).groups()  # type: ignore[union-attr]
        if float(number) == 0.0:
            return None
        made: Any = f"{float(number) * 1.07:.9g} {unit}"
    else:
        found = _pick(luck, _numbers(tree))
        if found is None:
            return None
        place, made = found[0], found[1] + 1
    return Mutated("number changed", DIFFERENT, dumped(put(tree, place, made)).encode(), f"{_where(place)} = {made}")


def foreign_unit(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A unit of something else, or of nothing."""
    place, text = _pick(luck, _quantities(tree))
    number = QUANTITY.fullmatch(text)[1]  # type: ignore[index]
    unit = _pick(luck, ("V", "bananas", "parsec", "mol/l", "K", "bit", "rad", "dB", "furlong", "kg m", "mm mm", "^2", "x^y"))
    return Mutated(
        "foreign unit", REFUSED, dumped(put(tree, place, f"{number} {unit}")).encode(), f"{_where(place)}: {unit}"
    )


def other_unit(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """The same number in another unit of the same quantity: another amount."""
    pairs = {
        "mm": "um",
        "um": "mm",
        "cm^2": "mm^2",
        "mm^2": "cm^2",
        "d": "h",
        "h": "d",
        "weeks": "d",
        "min": "s",
        "yr": "month",
    }
    pairs |= {"mg/cm^2": "ug/cm^2", "g/m^2": "mg/cm^2", "kg": "lb", "lb": "kg", "%": "ppm", "Hz": "kHz", "N": "mN"}
    options = [(place, *QUANTITY.fullmatch(text).groups()) for place, text in _quantities(tree)]  # type: ignore[union-attr]
    found = _pick(luck, [one for one in options if one[2] in pairs and float(one[1]) != 0.0])
    if found is None:
        return None
    place, number, unit = found
    made = f"{number} {pairs[unit]}"
    return Mutated("other unit", DIFFERENT, dumped(put(tree, place, made)).encode(), f"{_where(place)} = {made}")


# --- words ---


def unknown_word(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A device, a place, a concern, a scale that does not exist."""
    places = [p for p, v in _leaves(tree) if isinstance(v, str) and key_of(p) in NAMED]
    place = _pick(luck, [p for p in places if p[0] in ("patient", "zones", "course")])
    if place is None or "conditions" in place or "medications" in place:
        return None
    word = _pick(luck, ("zzqx", "qqqqqqqqqq", "нет", "0", "!", "a" * 59))
    return Mutated("unknown word", REFUSED, dumped(put(tree, place, word)).encode(), f"{_where(place)} = {word}")


def control_character(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A character that is no text, within text; written as YAML writes it."""
    place, value = _pick(luck, [(p, v) for p, v in _leaves(tree) if isinstance(v, str)])
    middle = len(value) // 2
    made = value[:middle] + _pick(luck, CONTROLS) + value[middle:]
    text = yaml.safe_dump(put(tree, place, made), sort_keys=False, allow_unicode=False, width=10_000)
    return Mutated("control character", REFUSED, text.encode(), f"{_where(place)} = {made!r}")


def surrogate(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Half a character."""
    place, _ = _pick(luck, [(p, v) for p, v in _leaves(tree) if isinstance(v, str)])
    text = dumped(put(tree, place, "__half__")).replace("__half__", r'"x\ud800y"')
    return Mutated("half a character", REFUSED, text.encode(), _where(place))


def long_text(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """More text than anybody reads."""
    place, _ = _pick(luck, [(p, v) for p, v in _leaves(tree) if isinstance(v, str)])
    count = int(_pick(luck, (20_001, 100_000, 900_000, 1_200_000)))
    return Mutated(
        "very long text", REFUSED, dumped(put(tree, place, "ab " * (count // 3))).encode(), f"{_where(place)}, {count}"
    )


def long_list(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """More entries than there can be."""
    place = _pick(luck, [p for p, v in nodes(tree) if isinstance(v, list) and v])
    if place is None:
        return None
    count = int(_pick(luck, (1500, 4000, 30_000)))
    one = yaml.dump(at(tree, place)[0], Dumper=DUMPER, default_flow_style=True, width=10_000).splitlines()[0]
    text = dumped(put(tree, place, "__many__")).replace("__many__", f"[{', '.join([one] * count)}]")
    return Mutated("very long list", REFUSED, text.encode(), f"{_where(place)}, {count}")


def wrong_date(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A first day that is none, or of another time."""
    day = _pick(luck, ("-2026-01-12", "2026-02-30", "0001-01-01", "9999-12-31", "12.01.2026", "2026-13-01", "20260112"))
    more = _pick(luck, (day, day, "2026-01-12T00:00:00", "2026-W03-1", "tomorrow", "0000-00-00", "1e9", "-1", "01/02/2026"))
    return Mutated("wrong date", REFUSED, dumped(put(tree, ("course", "start"), more)).encode(), more)


# --- YAML ---


def deep(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Lists or mappings in one another."""
    place, _ = _pick(luck, _leaves(tree))
    count = int(_pick(luck, (25, 500, 20_000)))
    value = _pick(luck, ("[" * count + "]" * count, "{a: " * count + "1" + "}" * count, "[" * count))
    text = dumped(put(tree, place, "__deep__")).replace("__deep__", value)
    return Mutated("deep nesting", REFUSED, text.encode(), f"{_where(place)}, {count}")


def anchor(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """An anchor, an alias or a tag before a value."""
    place, value = _pick(luck, _leaves(tree))
    sign = _pick(luck, ("&a ", "*a #", "!!python/object/apply:os.getcwd ", "!!binary ", "!x ", "!!float ", "&b !!str "))
    told = yaml.safe_dump(value, default_flow_style=True, width=10_000).splitlines()[0]
    text = dumped(put(tree, place, "__sign__")).replace("__sign__", sign + told)
    return Mutated("anchor, alias or tag", REFUSED, text.encode(), f"{_where(place)}: {sign}")


def bomb(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Aliases of aliases, which grow to more than a machine holds."""
    head = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, int(luck.integers(3, 30)))
    )
    return Mutated("bomb of aliases", REFUSED, (head + dumped(tree)).encode())


def second_document(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Two documents in one file."""
    return Mutated("second document", REFUSED, (dumped(tree) + _pick(luck, ("---\n", "...\n---\n")) + "a: 1\n").encode())


# --- bytes ---


def encoded(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Another encoding, or bytes that are no text."""
    text = dumped({**tree, "title": "Köln"})
    kind = _pick(luck, ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"))
    return Mutated("other encoding", REFUSED, text.encode(kind), kind)


def binary(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Bytes that are no text somewhere."""
    content = dumped(tree).encode()
    place = int(luck.integers(len(content)))
    junk = _pick(
        luck, (b"\x00", b"\xff\xfe", b"\x80", b"\xed\xa0\x80", b"\x1b", b"\x7f", bytes(luck.integers(128, 256, 50)))
    )
    return Mutated("bytes that are no text", REFUSED, content[:place] + junk + content[place:], junk[:4].hex())


def truncated(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """The first part of a file."""
    content = dumped(tree).encode()
    return Mutated("truncated", ANY, content[: int(luck.integers(len(content)))])


def flipped(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """One bit of a file."""
    content = bytearray(dumped(tree).encode())
    place = int(luck.integers(len(content)))
    content[place] ^= 1 << int(luck.integers(8))
    return Mutated("a bit flipped", ANY, bytes(content), f"byte {place}")


def scrambled(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A piece of the file cut out, doubled or moved."""
    text = dumped(tree)
    a, b = sorted(int(n) for n in luck.integers(0, len(text), 2))
    made = _pick(luck, (text[:a] + text[b:], text[:b] + text[a:], text[a:b] + text[:a] + text[b:]))
    return Mutated("a piece moved", ANY, made.encode())


def dressed(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """The same said in another dress: line ends, a mark of the byte order, comments, order of keys."""
    text = dumped(tree)
    kind = str(_pick(luck, ("crlf", "bom", "comments", "order", "marker", "spaces", "flow", "no last line end")))
    made = {
        "crlf": text.replace("\n", "\r\n"),
        "bom": "\ufeff" + text,
        "comments": "# before\n" + text.replace("\n", "  # beside\n") + "# behind\n",
        "order": dumped(dict(reversed(tree.items()))),
        "marker": "---\n" + text,
        "spaces": text.replace("\n", "   \n") + "\n\n",
        "flow": yaml.safe_dump(tree, default_flow_style=True, allow_unicode=True, width=10_000),
        "no last line end": text.rstrip("\n"),
    }[kind]
    return Mutated("another dress", SAME, made.encode(), kind)


def swapped(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """Two values in each other's place."""
    (one, a), (other, b) = (_pick(luck, _leaves(tree)) for _ in range(2))
    return Mutated(
        "values swapped", ANY, dumped(put(put(tree, one, b), other, a)).encode(), f"{_where(one)}, {_where(other)}"
    )


def based(tree: Tree, luck: np.random.Generator) -> Mutated | None:
    """A base that is none."""
    base = _pick(luck, ("../../etc/passwd", "/etc/passwd", "none.yaml", ".", "", ["a.yaml"], 3, "case.yaml", "a\x1b.yaml"))
    return Mutated("base that is none", REFUSED, dumped({"base": base, **tree}).encode(), repr(base))


MUTATIONS: tuple[Mutation, ...] = (
    drop_key,
    drop_needed,
    duplicate_key,
    rename_key,
    unknown_key,
    wrong_type,
    other_leaf,
    true_for_a_quantity,
    shape_of_a_list,
    absurd_number,
    negative,
    no_whole_number,
    tiny_number,
    slightly_other,
    foreign_unit,
    other_unit,
    unknown_word,
    control_character,
    surrogate,
    long_text,
    long_list,
    wrong_date,
    deep,
    anchor,
    bomb,
    second_document,
    encoded,
    binary,
    truncated,
    flipped,
    scrambled,
    dressed,
    swapped,
    based,
)
