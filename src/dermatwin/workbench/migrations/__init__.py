"""Migrations, one line of them from the first version on."""
