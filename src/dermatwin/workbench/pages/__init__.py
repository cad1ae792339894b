"""Views, one theme a file. Before any of them runs the gate has asked for the right; each asks whose its record is."""
