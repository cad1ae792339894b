"""Other people's systems: clinical records that come and go (FHIR R4), and their questions while one is open (CDS Hooks)."""
