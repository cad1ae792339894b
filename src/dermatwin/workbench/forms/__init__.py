"""Forms, one theme a file."""
