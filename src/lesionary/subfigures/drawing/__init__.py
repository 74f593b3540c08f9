"""The embedded default of the sub-figure benchmark: images of every class, drawn from a seed."""
