"""Arithmetic on eight float64 side by side, for compiled code.

Every operation is one on <8 x double>, written out because the compiler does not find it: of an innermost loop over the
lanes, in an elimination that reads and writes one array, it makes scalar instructions. Which registers it takes is its
business: one of 512 bits, two of 256, four of 128. Product and difference are rounded one after the other, never fused, so
that a lane's bits depend neither on its neighbours nor on its place nor on the machine's registers.

Operands are rows of eight, the last axis of C-ordered three-dimensional arrays: a[i, k] stands for a[i, k, 0..7]. Bounds
are not checked; that the last axis is eight long is the caller's duty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

LANES = 8  # numerical: systems side by side; one 512-bit register of float64
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_ALIGNED = 8  # bytes; NumPy promises no more than that of one float64
_operation: Any = intrinsic  # the compiler supplies `typing`; a type checker would miss it in every call


@_operation
def subtract_product(typing: Any, a: Any, i: Any, k: Any, b: Any, j: Any, m: Any, c: Any, n: Any, o: Any) -> Any:
    """a[i, k] -= b[j, m] c[n, o]; inside `njit` only."""

    def make(builder: Any, rows: Sequence[Any]) -> None:
        left, first, second = (_load(builder, row) for row in rows)
        builder.store(builder.fsub(left, builder.fmul(first, second)), rows[0], align=_ALIGNED)

    return _on_rows(make, a, b, c)


@_operation
def multiply(typing: Any, a: Any, i: Any, k: Any, b: Any, j: Any, m: Any) -> Any:
    """a[i, k] *= b[j, m]; inside `njit` only."""

    def make(builder: Any, rows: Sequence[Any]) -> None:
        left, right = (_load(builder, row) for row in rows)
        builder.store(builder.fmul(left, right), rows[0], align=_ALIGNED)

    return _on_rows(make, a, b)


@_operation
def invert(typing: Any, a: Any, i: Any, k: Any) -> Any:
    """a[i, k] = 1/a[i, k]; inside `njit` only."""

    def make(builder: Any, rows: Sequence[Any]) -> None:
        one = ir.Constant(_VECTOR, [1.0] * LANES)
        builder.store(builder.fdiv(one, _load(builder, rows[0])), rows[0], align=_ALIGNED)

    return _on_rows(make, a)


def _on_rows(make: Callable[[Any, Sequence[Any]], None], *arrays: Any) -> tuple[Any, Callable]:
    """Signature (array, index, index, array, ...) -> nothing, and its code: `make` gets the address of every row."""
    for array in arrays:
        if not (isinstance(array, types.Array) and array.dtype == types.float64 and array.ndim == 3 and array.layout == "C"):
            raise TypingError(f"rows of eight float64 in a C-ordered array of three dimensions are needed, not {array}")

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        make(builder, [_row(context, builder, signature.args[at], values[at : at + 3]) for at in range(0, len(values), 3)])
        return context.get_dummy_value()

    return types.void(*(kind for array in arrays for kind in (array, types.intp, types.intp))), code


def _row(context: Any, builder: Any, kind: Any, operand: Sequence[Any]) -> Any:
    """Address of the row that (array, index, index) stands for."""
    array = context.make_array(kind)(context, builder, operand[0])
    indices = [*operand[1:], context.get_constant(types.intp, 0)]
    first = cgutils.get_item_pointer(context, builder, kind, array, indices, wraparound=False, boundscheck=False)
    return builder.bitcast(first, _VECTOR.as_pointer())


def _load(builder: Any, row: Any) -> Any:
    return builder.load(row, align=_ALIGNED)
