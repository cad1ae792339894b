"""Eight float64 numbers side by side as one value of compiled code, so that one instruction serves eight lanes.

`band_block` leaves it to the compiler to see that an innermost loop over eight lanes fills a vector register. In long
generated expressions it does not see that, or looks for minutes. Here the eight numbers are one value with arithmetic of
its own, each operation one vector instruction (two or four where registers are shorter). The same source runs on plain
floats too: `select` and `any_of` stand where a branch on one number would not do for eight.

Every operation acts on each of the eight alone and rounds as it does for a plain float, so that a lane's numbers depend
neither on its place nor on its neighbours. A view is a bare address: whoever makes it keeps the array alive.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing import templates
from numba.core.typing.templates import AbstractTemplate, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

WIDTH = 8

infer_global: Any = templates.infer_global
_operation: Any = intrinsic  # the compiler supplies `typing`; a type checker would miss it in every call
_VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
_BITS = ir.VectorType(ir.IntType(1), WIDTH)
_ALIGNED = 8  # bytes that an address is sure to be a multiple of


class _Octet(types.Type):
    """Eight numbers."""

    def __init__(self) -> None:
        super().__init__("Octet")


class _Mask(types.Type):
    """Eight truth values."""

    def __init__(self) -> None:
        super().__init__("OctetMask")


class _View(types.Type):
    """A row of octets in memory, or a matrix of them if `columns` is not 0."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        super().__init__(f"Octets({columns})")


OCTET, MASK, ROW = _Octet(), _Mask(), _View(0)


def _model(kind: type, held: ir.Type) -> None:
    class Model(models.PrimitiveModel):  # type: ignore[misc]
        def __init__(self, manager: Any, own: types.Type) -> None:
            super().__init__(manager, own, held)

    register_model(kind)(Model)


_model(_Octet, _VECTOR)
_model(_Mask, _BITS)
_model(_View, ir.PointerType(_VECTOR))


def select(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, else `no`; both are worked out."""
    return yes if condition else no


def any_of(condition: Any) -> bool:
    """Whether it holds in any lane."""
    return bool(condition)


# What is allowed: an operation on octets takes plain numbers as well, the same number for all eight.


def _number(kind: Any) -> bool:
    return isinstance(kind, types.Integer | types.Float)


def _spread(kind: Any) -> types.Type | None:
    """As what an operand is taken."""
    return OCTET if isinstance(kind, _Octet) else types.float64 if _number(kind) else None


def _typed(name: Any, result: types.Type) -> None:
    """Allow operation `name` on any mix of octets and numbers with at least one octet."""

    @infer_global(name)
    class _Elementwise(AbstractTemplate):
        def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
            operands = [_spread(a) for a in args]
            return signature(result, *operands) if OCTET in operands and None not in operands else None


def _octet(builder: ir.IRBuilder, kind: types.Type, value: Any) -> Any:
    """A plain number in all eight places."""
    if isinstance(kind, _Octet):
        return value
    zero = ir.Constant(ir.IntType(32), 0)
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), value, zero)
    return builder.shuffle_vector(
        first, ir.Constant(_VECTOR, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    )


def _elementwise(name: Any, arity: int, result: types.Type, make: Callable) -> None:
    """Give operation `name` to octets; `make(builder, *values)` writes the instruction."""
    _typed(name, result)

    def lower(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
        return make(builder, *(_octet(builder, kind, value) for kind, value in zip(sig.args, args, strict=True)))

    for mix in range(1, 2**arity):
        lower_builtin(name, *(OCTET if mix >> i & 1 else types.float64 for i in range(arity)))(lower)


def _intrinsic(name: str) -> Callable:
    """The compiler's own function of that name, on eight numbers."""

    def make(builder: ir.IRBuilder, *values: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * len(values))
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{WIDTH}f64"), values)

    return make


def _compare(sign: str) -> Callable:
    return lambda b, x, y: (b.fcmp_unordered if sign == "!=" else b.fcmp_ordered)(sign, x, y)


# No product is fused with a sum: eight lanes round as one does.
for _name, _make in (
    (operator.add, ir.IRBuilder.fadd),
    (operator.sub, ir.IRBuilder.fsub),
    (operator.mul, ir.IRBuilder.fmul),
    (operator.truediv, ir.IRBuilder.fdiv),
    (operator.pow, _intrinsic("pow")),
):
    _elementwise(_name, 2, OCTET, _make)
for _name, _make in (
    (operator.neg, ir.IRBuilder.fneg),
    (operator.pos, lambda builder, x: x),
    (abs, _intrinsic("fabs")),
    (math.sqrt, _intrinsic("sqrt")),
    (math.exp, _intrinsic("exp")),
    (math.log, _intrinsic("log")),
):
    _elementwise(_name, 1, OCTET, _make)
for _name, _sign in (
    (operator.lt, "<"),
    (operator.le, "<="),
    (operator.gt, ">"),
    (operator.ge, ">="),
    (operator.eq, "=="),
    (operator.ne, "!="),
):
    _elementwise(_name, 2, MASK, _compare(_sign))


@infer_global(operator.and_)
@infer_global(operator.or_)
class _Both(AbstractTemplate):
    def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
        return signature(MASK, MASK, MASK) if args == (MASK, MASK) else None


lower_builtin(operator.and_, MASK, MASK)(lambda context, builder, sig, args: builder.and_(*args))
lower_builtin(operator.or_, MASK, MASK)(lambda context, builder, sig, args: builder.or_(*args))


@infer_global(select)
class _Select(AbstractTemplate):
    def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
        condition, yes, no = args[0], _spread(args[1]), _spread(args[2])
        if yes is None or no is None:
            return None
        if condition == MASK:
            return signature(OCTET, MASK, yes, no)
        return signature(types.float64, types.boolean, types.float64, types.float64) if OCTET not in (yes, no) else None


def _lower_select(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
    wide = sig.args[0] == MASK
    yes, no = (_octet(builder, kind, value) if wide else value for kind, value in zip(sig.args[1:], args[1:], strict=True))
    return builder.select(args[0], yes, no)


for _yes in (OCTET, types.float64):
    for _no in (OCTET, types.float64):
        lower_builtin(select, MASK, _yes, _no)(_lower_select)
lower_builtin(select, types.boolean, types.float64, types.float64)(_lower_select)


@infer_global(any_of)
class _AnyOf(AbstractTemplate):
    def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
        return signature(types.boolean, args[0]) if args[0] in (MASK, types.boolean) else None


@lower_builtin(any_of, MASK)
def _lower_any(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
    whole = ir.IntType(WIDTH)
    return builder.icmp_unsigned("!=", builder.bitcast(args[0], whole), ir.Constant(whole, 0))


lower_builtin(any_of, types.boolean)(lambda context, builder, sig, args: args[0])


# Views of memory.


@_operation
def octet_start(typing: Any, work: Any) -> Any:
    """The first place in a flat array at which an octet starts on a line of the processor's cache."""

    def lower(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
        whole = ir.IntType(64)
        address = builder.ptrtoint(context.make_array(sig.args[0])(context, builder, args[0]).data, whole)
        return builder.and_(builder.neg(builder.lshr(address, whole(3))), whole(WIDTH - 1))

    return signature(types.intp, work), lower


@_operation
def octets(typing: Any, work: Any, start: Any) -> Any:
    """Rows `start`, `start` + 1, ... of a (row, 8) array, each as one octet. Nothing checks an index."""
    return _view(work, start, 0)


@_operation(prefer_literal=True)
def octet_matrix(typing: Any, work: Any, start: Any, columns: Any) -> Any:
    """The same as a matrix of `columns` columns (a constant of the program), row by row."""
    return _view(work, start, columns.literal_value, columns)


def _view(work: Any, start: Any, columns: int, *more: Any) -> Any:
    if not (isinstance(work, types.Array) and work.layout == "C" and work.dtype == types.float64):
        raise TypeError("octets are seen in C-ordered arrays of float64 only")

    def lower(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        return builder.gep(builder.bitcast(data, ir.PointerType(_VECTOR)), [args[1]])

    return signature(_View(columns), work, types.intp, *more), lower


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
        view, index = args
        if not isinstance(view, _View):
            return None
        if isinstance(index, types.Integer):
            return signature(ROW if view.columns else OCTET, view, types.intp)
        return signature(OCTET, view, _PAIR)


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
        view, index, value = args
        if not isinstance(view, _View):
            return None
        return signature(types.none, view, types.intp if isinstance(index, types.Integer) else _PAIR, _spread(value))


_PAIR = types.UniTuple(types.intp, 2)


def _address(builder: ir.IRBuilder, view: _View, base: Any, kind: types.Type, index: Any) -> Any:
    if isinstance(kind, types.Integer):
        return builder.gep(base, [builder.mul(index, index.type(view.columns)) if view.columns else index])
    row, column = builder.extract_value(index, 0), builder.extract_value(index, 1)
    return builder.gep(base, [builder.add(builder.mul(row, row.type(view.columns)), column)])


@lower_builtin(operator.getitem, _View, types.intp)
@lower_builtin(operator.getitem, _View, _PAIR)
def _lower_get(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
    place = _address(builder, sig.args[0], args[0], sig.args[1], args[1])
    return place if isinstance(sig.return_type, _View) else builder.load(place, align=_ALIGNED)


def _lower_set(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
    place = _address(builder, sig.args[0], args[0], sig.args[1], args[1])
    builder.store(_octet(builder, sig.args[2], args[2]), place, align=_ALIGNED)
    return context.get_dummy_value()


for _index in (types.intp, _PAIR):
    for _value in (OCTET, types.float64):
        lower_builtin(operator.setitem, _View, _index, _value)(_lower_set)
