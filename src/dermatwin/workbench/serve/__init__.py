"""What `dermatwin serve` does: makes the folder, starts the server and its worker, checks, backs up, restores."""
