"""Backbones that both tracks share, and the weights that others trained them to."""
