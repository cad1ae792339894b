"""Compiled code that is kept on disk: only saves time, and nothing about it ends a run."""

import logging

import numba.core.caching as caching
import pytest

from dermatwin.numerics import kept as module
from dermatwin.numerics.kept import kept


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A cache of its own, and a module that has told nothing yet."""
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setattr(module, "_told", [])
    return tmp_path / "kept"


def seven():
    """A new function at one place of this file: what a new process would compile or find."""

    def function(value):
        return value + 7

    return kept()(function)


def files(place, end):
    return sorted(place.rglob(f"*.{end}"))


def hits(function):
    return sum(function.stats.cache_hits.values())


def test_what_was_compiled_is_found_again(place):
    assert (seven()(1), hits(seven())) == (8, 0)
    again = seven()
    assert (again(1), hits(again)) == (8, 1)
    assert len(files(place, "nbi")) == len(files(place, "nbc")) == 1


def emptied(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[:40])


def overwritten(path):
    """In the middle, where machine code lies: nothing but a digest tells."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))


def without_digest(path):
    path.write_bytes(path.read_bytes()[: -module._LENGTH])


@pytest.mark.parametrize("end", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [emptied, cut, overwritten, without_digest])
def test_a_damaged_file_is_compiled_anew_and_written_again(place, damage, end, caplog):
    seven()(1)
    damage(files(place, end)[0])
    damaged = seven()
    assert (damaged(1), hits(damaged)) == (8, 0)
    again = seven()
    assert (again(1), hits(again)) == (8, 1)
    assert not caplog.records


def test_where_nothing_can_be_kept_it_is_said_once(place, monkeypatch, caplog):
    def nowhere(self, function):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(caching.CacheImpl, "__init__", nowhere)
    with caplog.at_level(logging.WARNING):
        assert [seven()(1), seven()(2)] == [8, 9]
    (told,) = caplog.records
    assert "compiled code cannot be kept on disk (cannot cache function: no locator available)" in told.getMessage()


def test_a_full_disk_is_said_once_and_ends_nothing(place, monkeypatch, caplog):
    def full(self, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "_open_for_write", full)
    with caplog.at_level(logging.WARNING):
        assert [seven()(1), seven()(2)] == [8, 9]
    (told,) = caplog.records
    assert "No space left on device" in told.getMessage()
    assert not files(place, "nbc")
