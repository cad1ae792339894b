"""How often: so many a minute for each name, counted in this process, which is the only one that serves a folder."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

MINUTE = 60.0  # s
_NAMES = 2_000  # that are remembered at once


class Limit:
    """At most `most` a minute for each name."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def lets(self, name: str) -> bool:
        """Count one more of a name; whether it is within the limit."""
        now = time.monotonic()
        with self._lock:
            begun, count = self._seen.pop(name, (now, 0))
            begun, count = (now, 0) if now - begun >= MINUTE else (begun, count)
            self._seen[name] = begun, count + 1
            while len(self._seen) > _NAMES:
                self._seen.popitem(last=False)
        return count < self.most

    def clear(self) -> None:
        """Forget all names."""
        with self._lock:
            self._seen.clear()
