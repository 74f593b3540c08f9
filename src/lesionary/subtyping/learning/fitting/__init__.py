"""Training a network on the slices of one fold, one file a way to train, and using it."""
