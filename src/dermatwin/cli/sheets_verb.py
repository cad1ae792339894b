"""The verb that writes the sheets of a run again, in another language or as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Force, Machine, NoSeed, OwnOfRun, RunFolder, read_evidence

if TYPE_CHECKING:
    from ..twin import Run

Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Write the sheets here.", show_default=False)]
Language = Annotated[str, typer.Option("--language", metavar="CODE", help="Language of the pages: en, de, es.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Write every page as PDF as well; needs the extra 'pdf'.")]


def sheets(
    run: RunFolder,
    out: Folder,
    language: Language = "en",
    pdf: Pdf = False,
    evidence: OwnOfRun = None,
    force: Force = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Write the sheets of a run folder: before, session orders, aftercare, what to expect, consent, complications."""
    from ..core.printing import printable
    from ..report.sheets import require_language
    from ..twin import recall
    from ..twin.folder import write_folder
    from ..twin.placing import require_usable
    from .machine import emit, only_json
    from .writing import tell_of

    require_language(language)
    seen = require_usable(out.absolute(), force=force)
    with only_json(json):
        found = recall(run, None if evidence is None else read_evidence(evidence))
        files = _files(found, run, language, pdf)
        written = tell_of(write_folder(out.absolute(), files, seen=seen), out)
    if json:
        emit({"written": written, "files": sorted(files), "language": language})
    else:
        print(printable(f"Wrote {written}"))


def _files(run: Run, folder: Path, language: str, pdf: bool) -> dict[str, str | bytes]:
    """Name -> content; raises CaseError where there is nobody to hand a sheet to."""
    from ..core.errors import CaseError, Fault
    from ..report import sheets as sheets_of

    pages = sheets_of(run, language)
    if not pages:
        raise CaseError([Fault("RUN", str(folder), "has no sheets: in this run no person is treated")])
    return {**pages, **(_printed(pages) if pdf else {})}


def _printed(pages: dict[str, str]) -> dict[str, bytes]:
    from ..report.sheets.pdf import to_pdf

    return {f"{Path(name).stem}.pdf": to_pdf(text) for name, text in pages.items() if name.endswith(".html")}
