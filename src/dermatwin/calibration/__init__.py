"""Fits of unknown parameters to measurements: done once, by one command, and shipped as evidence."""
