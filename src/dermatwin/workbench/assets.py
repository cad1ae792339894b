"""Style sheet, script and drawings: the files of `static/`, read once, served under a name with their digest."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_YEAR = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[str, str, bytes]]:
    """Name -> digest, type, content."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}


def _read(path: Path) -> tuple[str, str, bytes]:
    content = path.read_bytes()
    return sha256(content).hexdigest()[:12], f"{_TYPES[path.suffix]}; charset=utf-8", content


def address(name: str) -> str:
    """Where a file is found as it is now."""
    return reverse("asset", args=[_files()[name][0], name])


def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """A file; only those that are there at the start, so that no path leads anywhere else."""
    found = _files().get(name)
    if found is None or found[0] != digest:
        raise Http404
    return HttpResponse(found[2], content_type=found[1], headers={"Cache-Control": _YEAR})
