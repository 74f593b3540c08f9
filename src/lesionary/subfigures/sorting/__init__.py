"""Learning to sort images by their kind."""
