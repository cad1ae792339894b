"""dermatwin."""
