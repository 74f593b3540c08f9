"""The embedded default cohort: a patient, a scanner, a radiologist."""
