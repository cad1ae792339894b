"""Gauss elimination of a sparse matrix as a list of statements, found once, written out as code.

The pattern of the network's Jacobian never changes, so the order of elimination and the fill-in can be found when the
code is generated: pivots on the diagonal in Markowitz order (the row and column with the least possible fill first).
No pivoting for size: the matrix is a large multiple of the identity minus the Jacobian once the step is small enough,
and a step that goes wrong is seen by the error estimate. Used at development time only.
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
    factor = [_load(r, c, (r, c) in pattern) for r, c in sorted(pattern)]
    rank = {pivot: position for position, pivot in enumerate(order(pattern, size))}
    filled = set(pattern)
    solve_down: list[str] = []
    for pivot in rank:
        rows = [r for r in range(size) if rank[r] > rank[pivot] and (r, pivot) in filled]
        columns = [c for c in range(size) if rank[c] > rank[pivot] and (pivot, c) in filled]
        factor.append(f"lu[{pivot}, {pivot}] = 1.0 / lu[{pivot}, {pivot}]")
        for r in rows:
            factor.append(f"lu[{r}, {pivot}] *= lu[{pivot}, {pivot}]")
            solve_down.append(f"b[{r}] -= lu[{r}, {pivot}] * b[{pivot}]")
            for c in columns:
                minus = "-" if (r, c) in filled else ""
                factor.append(f"lu[{r}, {c}] {minus}= {'' if minus else '-'}lu[{r}, {pivot}] * lu[{pivot}, {c}]")
                filled.add((r, c))
    return factor, solve_down + _solve_up(rank, filled, size)


def _load(row: int, column: int, present: bool) -> str:
    assert present
    return f"lu[{row}, {column}] = " + (f"shift - j[{row}, {column}]" if row == column else f"-j[{row}, {column}]")


def _solve_up(rank: dict[int, int], filled: Pattern, size: int) -> list[str]:
    code = []
    for pivot in reversed(list(rank)):
        later = [c for c in range(size) if rank[c] > rank[pivot] and (pivot, c) in filled]
        terms = "".join(f" - lu[{pivot}, {c}] * b[{c}]" for c in later)
        code.append(f"b[{pivot}] = (b[{pivot}]{terms}) * lu[{pivot}, {pivot}]")
    return code
