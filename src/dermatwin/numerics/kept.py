"""Compiled functions whose machine code is kept on disk, where that can be done.

What is kept only saves time, so nothing of it may end a run: a place that cannot be written, a file that is cut short or
damaged, a disk that is full. Files carry a digest of their bytes, for machine code that changed by a bit would be run.
What cannot be read is compiled anew and written again; what cannot be written is said once.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from numba import njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

_MARK = b"\ndermatwin kept "
_LENGTH = len(_MARK) + sha256().digest_size
_log = logging.getLogger("dermatwin")
_told: list[str] = []
Function = TypeVar("Function", bound=Callable[..., Any])


def kept(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit` with these options, its machine code kept from one run to the next."""

    def decorate(function: Function) -> Function:
        compiled: Any = njit(**options)(function)
        if hasattr(compiled, "_cache"):  # not where numba is told to compile nothing
            try:
                compiled._cache = _Kept(compiled.py_func)
            except (RuntimeError, OSError) as error:
                _tell(error)
        return compiled

    return decorate


def _tell(error: Exception) -> None:
    """Say once why nothing is kept."""
    if not _told:
        _told.append(str(error))
        reason = " ".join((str(error) or type(error).__name__).split())
        _log.warning("compiled code cannot be kept on disk (%s): every run compiles it anew, which takes seconds", reason)


class _Kept(FunctionCache):  # type: ignore[misc]
    """The cache of one function; a miss where it cannot be read, and no more than a word where it cannot be written."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file: Any = _Sealed(self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever unpickling says of bytes that nobody here wrote
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            try:
                super().save_overload(sig, data)
            except Exception:  # an index that cannot be read: begin anew
                self.flush()
                super().save_overload(sig, data)
        except Exception as error:
            _tell(error)


class _Sealed(IndexDataCacheFile):  # type: ignore[misc]
    """Index and data files with a digest behind their end."""

    def _load_index(self) -> Any:
        try:
            content = _read(self._index_path)
        except FileNotFoundError:
            return {}
        version, stamp, overloads = pickle.loads(content)
        return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_index(self, overloads: Any) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        return pickle.loads(_read(self._data_path(name)))

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, data: Any) -> None:
        content = self._dump(data)
        with self._open_for_write(path) as file:
            file.write(content + _MARK + sha256(content).digest())


def _read(path: str) -> bytes:
    """The bytes of a file without their digest; ValueError where it is not theirs."""
    with open(path, "rb") as file:
        content = file.read()
    body, mark, digest = content[:-_LENGTH], content[-_LENGTH : -sha256().digest_size], content[-sha256().digest_size :]
    if mark != _MARK or digest != sha256(body).digest():
        raise ValueError(f"{path} is not as it was written")
    return body
