"""What leaves for other people's systems, and what comes from them: clinical records (FHIR R4) and decision support (CDS Hooks)."""
