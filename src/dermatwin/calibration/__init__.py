"""Fits of unknown parameters to measurements: done once, by one command, and shipped as evidence."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices, many workers: their threads would wait
