"""The contract with a user: what a cohort is on disk, what is set aside of it, whose names stay in it."""
