"""What of a cohort's images and lesions is usable, in one geometry."""
