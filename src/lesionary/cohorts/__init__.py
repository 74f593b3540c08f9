"""What a cohort is on disk: its tables, its images, who is in it, and what could not be used."""
