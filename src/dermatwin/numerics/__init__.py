"""Compiled kernels for the mathematics of the stages: steppers, networks, diffusion. Knows nothing of skin.

Nothing is imported here, so that a command which needs no kernel does not pay for the compiler.
"""
