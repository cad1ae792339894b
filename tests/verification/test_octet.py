"""Eight numbers as one value: every operation does to each of the eight what NumPy does to it alone, to the last bit."""

import math

import numpy as np
import pytest
from numba import njit

from dermatwin.numerics.octet import WIDTH, any_of, octet_matrix, octet_start, octets, select

COLUMNS = 3


@njit(error_model="numpy")
def arithmetic(work, found):
    x, y = octets(work, 0)[0], octets(work, 0)[1]
    row = octets(found, 0)
    row[0] = x + y
    row[1] = x - 2.5
    row[2] = 3 * y
    row[3] = 1 / x
    row[4] = -x
    row[5] = abs(x)
    row[6] = math.sqrt(abs(y))
    row[7] = x * y + y  # rounded twice
    row[8] = select((x > y) | (x == 0), x, 0)
    row[9] = select((x < y) & (y <= 1), x, y)
    row[10] = select(x != y, 1, -1)
    row[11] = select(x >= 0.5, 2.0, x)


@njit
def functions(work, found):
    x = octets(work, 0)[0]
    row = octets(found, 0)
    row[0] = math.exp(x)
    row[1] = math.log(abs(x) + 1)
    row[2] = (abs(x) + 1) ** 0.3


@njit
def places(work):
    matrix = octet_matrix(work, 1, COLUMNS)
    matrix[1, 2] = 7.0
    matrix[1][0] = matrix[1, 2] + 1
    return any_of(octets(work, 0)[0] > 1e6), any_of(octets(work, 0)[0] > -1e6), octet_start(work.reshape(work.size)[1:])


@pytest.fixture
def work():
    return np.random.default_rng(3).normal(size=(12, WIDTH))


def test_arithmetic_is_numpys(work):
    work[1, 0], work[0, 1], work[0, 2], work[1, 3] = work[0, 0], 0.0, np.inf, np.nan
    x, y = work[:2]
    found = np.zeros((12, WIDTH))
    arithmetic(work, found)
    with np.errstate(all="ignore"):
        expected = [
            x + y,
            x - 2.5,
            3 * y,
            1 / x,
            -x,
            np.abs(x),
            np.sqrt(np.abs(y)),
            x * y + y,
            np.where((x > y) | (x == 0), x, 0),
            np.where((x < y) & (y <= 1), x, y),
            np.where(x != y, 1, -1),
            np.where(x >= 0.5, 2.0, x),
        ]
    np.testing.assert_array_equal(found, expected)


def test_functions_are_those_of_one_number(work):
    found = np.zeros((3, WIDTH))
    functions(work, found)
    for lane, x in enumerate(work[0]):
        assert found[:, lane].tolist() == [math.exp(x), math.log(abs(x) + 1), math.pow(abs(x) + 1, 0.3)]


def test_rows_and_matrices_are_where_they_should_be(work):
    before = work.copy()
    some, all_, start = places(work)
    assert (some, all_) == (False, True)
    assert (work.ctypes.data + 8 * (1 + start)) % 64 == 0
    before[1 + COLUMNS + 2], before[1 + COLUMNS] = 7.0, 8.0
    np.testing.assert_array_equal(work, before)


def test_plain_numbers_are_told_apart_from_eight():
    assert select(True, 1.0, 2.0) == 1.0
    assert select(False, 1.0, 2.0) == 2.0
    assert any_of(True)
    assert not any_of(False)
