"""`python -m dermatwin.workbench`: Django's own commands (migrate, makemigrations, shell ...) on its folder."""

import os
import sys

from django.core.management import execute_from_command_line

from .folder import here

here().make()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dermatwin.workbench.settings")
execute_from_command_line(sys.argv)
