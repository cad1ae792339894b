"""The chapters of a report: each turns a run into what its template shows."""
