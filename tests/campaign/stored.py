"""Mutations of a run on disk: files changed, made up, linked, missing; with and without a list that agrees."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from dermatwin.twin.contents import CONTENTS, listing
from dermatwin.twin.seal import LENGTH

from .mutations import ANY, REFUSED, SAME, Mutated

READ = ("case.resolved.yaml", "run.nc", CONTENTS)
"""Files of a run that are read again."""


def mutate(folder: Path, luck: np.random.Generator) -> Mutated:
    """Change a run folder in place."""
    kind = KINDS[int(luck.integers(len(KINDS)))]
    name, expect, note = kind(folder, luck)
    return Mutated(name, expect, b"", note)


def _pick(luck: np.random.Generator, options: Iterable[Any]) -> Any:
    return list(options)[int(luck.integers(len(options)))]


def _damaged(content: bytes, luck: np.random.Generator) -> tuple[str, bytes]:
    place, size = int(luck.integers(len(content))), int(luck.integers(1, 4000))
    kind = str(_pick(luck, ("bit", "cut", "zeros", "junk", "longer", "empty", "tail")))
    return kind, {
        "bit": content[:place] + bytes([content[place] ^ (1 << int(luck.integers(8)))]) + content[place + 1 :],
        "cut": content[:place],
        "zeros": content[:place] + bytes(min(size, len(content) - place)) + content[place + size :],
        "junk": content[:place] + bytes(luck.integers(0, 256, size, dtype=np.uint8)) + content[place + size :],
        "longer": content + bytes(luck.integers(0, 256, size, dtype=np.uint8)),
        "empty": b"",
        "tail": content[: -min(LENGTH, len(content))],
    }[kind]


def _listed_anew(folder: Path) -> None:
    (folder / CONTENTS).unlink(missing_ok=True)
    (folder / CONTENTS).write_text(listing(folder))


def damaged(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """Bytes of a file that is read."""
    path = folder / str(_pick(luck, READ[:2]))
    before = path.read_bytes()
    kind, after = _damaged(before, luck)
    path.write_bytes(after)
    return "stored file damaged", SAME if after == before else REFUSED, f"{path.name}: {kind}"


def made_up(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """Bytes of the arrays, with a list that agrees: whoever does that has made the run up."""
    path = folder / "run.nc"
    content = path.read_bytes()
    kept = content[:-LENGTH] if luck.random() < 0.7 else content
    kind, after = _damaged(kept, luck)
    path.write_bytes(after)
    _listed_anew(folder)
    return "arrays made up", ANY, kind


def case_made_up(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """Bytes of the case, with a list that agrees."""
    path = folder / "case.resolved.yaml"
    kind, after = _damaged(path.read_bytes(), luck)
    path.write_bytes(after)
    _listed_anew(folder)
    return "case of a run made up", ANY, kind


def other_variable(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """One variable of the arrays taken out, renamed, filled or given another shape; the list agrees."""
    import h5py

    names: list[str] = []
    with h5py.File(folder / "run.nc", "r+") as file:
        file.visititems(lambda name, one: names.append(name) if isinstance(one, h5py.Dataset) else None)
        name = str(_pick(luck, names))
        kind = str(_pick(luck, ("gone", "renamed", "nan", "huge", "text", "shape", "attribute", "soft link", "group")))
        one = file[name]
        if kind in ("nan", "huge") and one.dtype.kind == "f":
            one[...] = np.nan if kind == "nan" else 1e308
        elif kind == "renamed":
            file.move(name, f"{name}_x")
        elif kind == "attribute":
            for key in list(one.attrs)[:3]:
                del one.attrs[key]
        elif kind == "shape":
            del file[name]
            file[name] = np.zeros((3, 3))
        elif kind == "text":
            del file[name]
            file[name] = "text"
        else:
            del file[name]
            if kind == "soft link":
                file[name] = h5py.SoftLink("/zone")
            elif kind == "group":
                file.create_group(name)
    _listed_anew(folder)
    return "variable of a run changed", ANY, f"{name}: {kind}"


def list_of_files(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """The list of files: another program, sizes, digests or names, or no list at all."""
    path = folder / CONTENTS
    told = json.loads(path.read_text())
    name = str(_pick(luck, READ[:2]))
    kind = str(
        _pick(luck, ("program", "size", "digest", "gone", "outside", "no file", "type", "cut", "none", "deep", "nan"))
    )
    if kind == "program":
        told["program"] = "other"
    elif kind == "size":
        told["files"][name]["size"] += _pick(luck, (1, -1, 10**30, 0.5))
    elif kind == "digest":
        told["files"][name]["sha256"] = _pick(luck, ("0" * 64, "x", 7, None, "a" * 10**6))
    elif kind == "gone":
        del told["files"][name]
    elif kind == "outside":
        told["files"]["../" + name] = told["files"][name]
    elif kind == "no file":
        told["files"]["evidence/house/devices.csv"] = told["files"][name]
    elif kind == "type":
        told["files"] = _pick(luck, ([], None, 3, {name: []}, {name: {"size": True, "sha256": "0" * 64}}))
    text = json.dumps(told)
    text = {"cut": text[: len(text) // 2], "deep": "[" * 100_000, "nan": "NaN"}.get(kind, text)
    path.unlink() if kind == "none" else path.write_text(text)
    return "list of files", REFUSED, f"{name}: {kind}"


def linked(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """A file that is read is a link, a folder or a pipe, or gone."""
    import os

    path = folder / str(_pick(luck, READ))
    content = path.read_bytes()
    kind = str(_pick(luck, ("link", "loop", "dangling", "folder", "pipe", "gone")))
    path.unlink()
    if kind == "link":
        (folder.parent / f"{folder.name}.other").write_bytes(content)
        path.symlink_to(folder.parent / f"{folder.name}.other")
    elif kind in ("loop", "dangling"):
        path.symlink_to(path.name if kind == "loop" else "nowhere")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    return "file of a run is no file", REFUSED, f"{path.name}: {kind}"


def planted(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """A file of somebody else where evidence is read from."""
    (folder / "evidence" / "house").mkdir(parents=True, exist_ok=True)
    (folder / "evidence" / "house" / str(_pick(luck, ("devices.csv", "sources.csv", "x.bin", ".hidden")))).write_text(
        "a,b\n1,2\n"
    )
    return "evidence planted in a run", REFUSED, ""


def not_read(folder: Path, luck: np.random.Generator) -> tuple[str, str, str]:
    """Files that nobody reads again: a summary or a page is made anew, never believed."""
    path = folder / "summary.json"
    kind, after = _damaged(path.read_bytes(), luck)
    path.write_bytes(after)
    (folder / "notes.txt").write_text("mine")
    return "file that is not read damaged", SAME, f"{path.name}: {kind}"


KINDS: tuple[Callable[[Path, np.random.Generator], tuple[str, str, str]], ...] = (
    damaged,
    damaged,
    made_up,
    made_up,
    case_made_up,
    other_variable,
    other_variable,
    list_of_files,
    linked,
    planted,
    not_read,
)
