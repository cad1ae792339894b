"""Needles laid along tracks, contact by contact, inside an outline: the compiled part of a puncture map."""

from __future__ import annotations

import numpy as np

from ..numerics.kept import kept
from .polygon import between, cut

ARRAY, AXLE = 1, 2


@kept()
def lay(corners, tracks, arrays, step, border, place, owner):  # pragma: no cover - compiled
    """Contacts in the order of time, into `place` (n, 2) and `owner` (n, 2: pass, needle); their number.

    corners : outline (corner, 2). tracks : (track, 5) a point of the middle's way at the phase of the strokes, the
    direction, the pass. arrays : (pass, needle, 2) needles along and across the motion. step : mm between strokes.
    border : 0 = tracks run on beyond the outline; ARRAY = the middle of the array stays inside; AXLE = the middle of a
    drum does, which stands over the row that touches the skin. With `place` and `owner` of no length it only counts.
    """
    needles, room = arrays.shape[1], len(place)
    cuts = np.empty((needles + 1, len(corners)))
    number = np.zeros(needles + 1, np.int64)
    total = 0
    for t in range(len(tracks)):
        x, y, ux, uy = tracks[t, 0], tracks[t, 1], tracks[t, 2], tracks[t, 3]
        array = arrays[int(tracks[t, 4])]
        number[needles] = cut(corners, x, y, ux, uy, cuts[needles])
        low, high = np.inf, -np.inf
        for i in range(needles):
            number[i] = cut(corners, x - array[i, 1] * uy, y + array[i, 1] * ux, ux, uy, cuts[i])
            if number[i] > 0:
                low, high = min(low, cuts[i, 0] - array[i, 0]), max(high, cuts[i, number[i] - 1] - array[i, 0])
        if (border > 0 and number[needles] == 0) or not low <= high:
            continue
        for stroke in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1):
            way = stroke * step
            if border == ARRAY and not between(way, cuts[needles], number[needles]):
                continue
            for i in range(needles):
                s = way + array[i, 0]
                if not between(s, cuts[i], number[i]):
                    continue
                if border == AXLE and not between(s, cuts[needles], number[needles]):
                    continue
                if total < room:
                    place[total, 0] = x + s * ux - array[i, 1] * uy
                    place[total, 1] = y + s * uy + array[i, 1] * ux
                    owner[total, 0], owner[total, 1] = int(tracks[t, 4]), i
                total += 1
    return total
