"""Long work: what is asked for stands in a row, a worker does it, pages read how far it is; a restart loses nothing."""
