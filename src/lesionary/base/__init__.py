"""What everything stands on: errors, sections of params.yaml, files of arrays."""
