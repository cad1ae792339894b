"""insertion."""
