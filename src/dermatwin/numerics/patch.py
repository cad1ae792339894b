"""Diffusion of several fields in a layered box: implicit, second order in time and space, conservative, never negative.

    V du/dt = sum over faces of g (u_neighbour - u) - (exchange at the top and bottom face) u

Cells are equal in x and y and of any thickness in z; each field has its own diffusivity per layer and per direction. A
face between two layers conducts like two half cells in series. Sides are tight or periodic; top and bottom are tight or
lose to an outside at zero.

Time: locally one-dimensional splitting, Strang-symmetric: half a step in z, a whole step in y and x (which commute,
because nothing depends on x and y but the field itself), half a step in z. Each line takes SDIRK2 (Alexander 1977, SIAM J
Numer Anal 14:1006, gamma = 1 - 1/sqrt 2; second order, L-stable) in the form of two solves with one matrix,

    w1 = (I - gamma dt A)^-1 u,  w2 = (I - gamma dt A)^-1 w1,  u(dt) = (1/gamma - 1) w2 - (1/gamma - 2) w1,

so that A is never applied explicitly. Both solves keep mass and sign; their combination keeps mass, and where it would fall
below zero the block of lines takes (2 - 1/gamma) ... of four solves instead, weights b w3 + (1 - b) w4 with
b = 4 - 1/gamma, both positive: first order, never negative. The second solve eliminates upwards, so that it shares the
way back of the first: three sweeps over a block of lines that stays in the cache. x-lines are turned first, so that
every sweep runs along contiguous memory.

Left out: advection, curved boundaries, diffusivities that depend on x and y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

GAMMA = 1.0 - 0.5 * np.sqrt(2.0)
LAST, FIRST = 1.0 / GAMMA - 1.0, 2.0 - 1.0 / GAMMA  # weights of w2 and w1
FOURTH, THIRD = 1.0 / GAMMA - 3.0, 4.0 - 1.0 / GAMMA  # weights of w4 and w3, both positive
