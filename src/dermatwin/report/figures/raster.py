"""Fields as small pictures with a palette: PNG (ISO/IEC 15948), ready to stand in a page as a data address.

Pillow writes them, packed as small as it can; rows of a palette picture it takes as they are, so that the number of tones
says how large they come out. The same field gives the same bytes.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import numpy as np


def address(tones: np.ndarray, palette: np.ndarray) -> str:
    """A picture as a data address; `tones` (row, column) index into `palette` (tone, 3) of red, green, blue, 0 to 255."""
    return "data:image/png;base64," + b64encode(png(tones, palette)).decode("ascii")


def png(tones: np.ndarray, palette: np.ndarray) -> bytes:
    """The picture as a file. Raises ValueError for a tone that the palette does not have and for more than 256 tones."""
    from PIL import Image

    if not 0 <= np.min(tones) <= np.max(tones) < len(palette):
        raise ValueError("a tone is not in the palette")
    picture, written = Image.fromarray(np.ascontiguousarray(tones, np.uint8)), BytesIO()
    picture.putpalette(np.asarray(palette, np.uint8).tobytes())
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
