"""What shows a phantom: pictures of it, and its statistics beside those of real cohorts."""
