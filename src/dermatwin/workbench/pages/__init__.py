"""Views, one theme a file. The gate has asked for the right before any of them runs; each asks that its record is the person's."""
