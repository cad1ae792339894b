"""Photographs on the disk: decoded, made anew without anything but the picture, under a name that nobody guesses.

Nothing of the file that was sent is kept: its pixels are drawn onto a new picture, so that place, time, device and whatever
else stood in it is gone. The folder is served to nobody; a view hands out a picture after a right was asked, and only as
long as it is the one that was stored.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

log = logging.getLogger("dermatwin.workbench")

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST = 25_000_000  # bytes of a file that is sent
MOST_PIXELS = 60_000_000  # of a picture that is decoded
LEAST_SIDE = 200  # px, below which nothing can be seen
LONGEST_SIDE = 2800  # px, to which a picture is made smaller
QUALITY = 90
_OURS = 0o600


class NoPhotograph(ValueError):
    """What was sent is none; in words for whoever sent it."""


@dataclass(frozen=True)
class Stored:
    """A photograph in the store."""

    name: str
    sha256: str
    width: int
    height: int


def keep(sent: IO[bytes], size: int) -> Stored:
    """Put a picture into the store; raises NoPhotograph for what is none."""
    if size > LARGEST:
        raise NoPhotograph(f"The file is larger than {LARGEST / 1e6:.0f} MB.")
    picture = _clean(sent)
    body = BytesIO()
    picture.save(body, "JPEG", quality=QUALITY)
    content, name = body.getvalue(), f"{token_hex(20)}.jpg"
    handle = os.open(path_of(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return Stored(name, sha256(content).hexdigest(), *picture.size)


def _clean(sent: IO[bytes]) -> Image.Image:
    """The pixels alone, upright, no larger than needed; what they are is read from them and not from a name."""
    try:
        with Image.open(sent, formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NoPhotograph(f"The picture has more than {MOST_PIXELS / 1e6:.0f} million pixels.")
            if min(found.size) < LEAST_SIDE:
                raise NoPhotograph(
                    f"The picture is smaller than {LEAST_SIDE} pixels on a side: nothing could be seen on it."
                )
            upright = ImageOps.exif_transpose(found).convert("RGB")
    except Image.DecompressionBombError:
        raise NoPhotograph(f"The picture has more than {MOST_PIXELS / 1e6:.0f} million pixels.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, NoPhotograph):
            raise
        raise NoPhotograph("This is no photograph that can be read: send a JPEG, PNG or WebP file.") from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    return bare


def path_of(name: str) -> Path:
    """Where a photograph of the store is."""
    return settings.FOLDER.photos / name


def content(name: str, digest: str) -> bytes | None:
    """A photograph; None where it is missing or not the one that was stored."""
    try:
        found = path_of(name).read_bytes()
    except FileNotFoundError:
        log.error("the photograph %s is missing", name)
        return None
    if sha256(found).hexdigest() != digest:
        log.error("the photograph %s is not as it was stored", name)
        return None
    return found


def remove(name: str) -> None:
    """Take a photograph off the disk."""
    path_of(name).unlink(missing_ok=True)
