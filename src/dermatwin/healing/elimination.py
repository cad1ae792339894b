"""Gauss elimination of a sparse matrix as a list of statements, found once, written out as code.

The pattern of the network's Jacobian never changes, so the order of elimination and the fill-in can be found when the
code is generated: pivots on the diagonal in Markowitz order (the row and column with the least possible fill first).
No pivoting for size: the matrix is a large multiple of the identity minus the Jacobian once the step is small enough,
and a step that goes wrong is seen by the error estimate. Used at development time only.

Everything between the first load and the last store is a local variable, so that the compiler can keep it in registers.
"""

from __future__ import annotations

Pattern = set[tuple[int, int]]


def order(pattern: Pattern, size: int) -> list[int]:
    """Pivots on the diagonal, least fill first (Markowitz 1957)."""
    left, filled, pivots = set(range(size)), set(pattern), []
    while left:
        pivot = min(left, key=lambda k: (_cost(filled, left, k), k))
        left.remove(pivot)
        pivots.append(pivot)
        rows = [r for r in left if (r, pivot) in filled]
        columns = [c for c in left if (pivot, c) in filled]
        filled |= {(r, c) for r in rows for c in columns}
    return pivots


def _cost(pattern: Pattern, left: set[int], pivot: int) -> int:
    rows = sum((r, pivot) in pattern for r in left if r != pivot)
    columns = sum((pivot, c) in pattern for c in left if c != pivot)
    return rows * columns


def statements(pattern: Pattern, size: int) -> tuple[list[str], list[str]]:
    """Code that factorises `shift I - j` into `lu`, and code that solves with it in place in `b`.

    The diagonal of `lu` holds the reciprocals of the pivots.
    """
    pattern = pattern | {(i, i) for i in range(size)}
    pivots = order(pattern, size)
    rank = {pivot: position for position, pivot in enumerate(pivots)}
    factor, solve, filled = _Factor(pattern), [f"b_{i} = b[{i}]" for i in range(size)], set(pattern)
    for pivot in pivots:
        rows = [r for r in range(size) if rank[r] > rank[pivot] and (r, pivot) in filled]
        columns = [c for c in range(size) if rank[c] > rank[pivot] and (pivot, c) in filled]
        factor.eliminate(pivot, rows, columns)
        solve += [f"b_{r} = b_{r} - lu[{r}, {pivot}] * b_{pivot}" for r in rows]
        filled |= {(r, c) for r in rows for c in columns}
    return factor.code, solve + _solve_up(rank, filled, size)


class _Factor:
    """The statements of the factorisation; an entry is loaded where it is first met and stored once it is final."""

    def __init__(self, pattern: Pattern) -> None:
        self.code: list[str] = []
        self.pattern = pattern
        self.met: Pattern = set()

    def eliminate(self, pivot: int, rows: list[int], columns: list[int]) -> None:
        self.code.append(f"m_{pivot}_{pivot} = 1.0 / {self._value(pivot, pivot)}")
        self._store(pivot, pivot)
        for c in columns:
            self.code.append(f"m_{pivot}_{c} = {self._value(pivot, c)}")
            self._store(pivot, c)
        for r in rows:
            self.code.append(f"m_{r}_{pivot} = {self._value(r, pivot)} * m_{pivot}_{pivot}")
            self._store(r, pivot)
            for c in columns:
                self.code.append(f"m_{r}_{c} = {self._value(r, c)} - m_{r}_{pivot} * m_{pivot}_{c}")

    def _store(self, row: int, column: int) -> None:
        self.code.append(f"lu[{row}, {column}] = m_{row}_{column}")

    def _value(self, row: int, column: int) -> str:
        """The entry as it stands so far; nothing stands yet where fill comes in."""
        known = (row, column) in self.met
        self.met.add((row, column))
        if known:
            return f"m_{row}_{column}"
        if (row, column) not in self.pattern:
            return ""
        return f"(shift - j[{row}, {column}])" if row == column else f"-j[{row}, {column}]"


def _solve_up(rank: dict[int, int], filled: Pattern, size: int) -> list[str]:
    code = []
    for pivot in reversed(list(rank)):
        later = [c for c in range(size) if rank[c] > rank[pivot] and (pivot, c) in filled]
        terms = "".join(f" - lu[{pivot}, {c}] * b_{c}" for c in later)
        code.append(f"b_{pivot} = (b_{pivot}{terms}) * lu[{pivot}, {pivot}]")
    return code + [f"b[{i}] = b_{i}" for i in range(size)]
