"""What a cohort folder holds, which track can use what of it, and what is wrong, before anything is run."""
