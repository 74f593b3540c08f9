"""What each table of a cohort holds, said once: for its JSON schema, and to name row and column of what is wrong."""
