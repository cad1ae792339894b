"""`python -m dermatwin`."""

from .cli import main

main()
