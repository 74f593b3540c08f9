"""The page on which all results stand beside the published ones."""
