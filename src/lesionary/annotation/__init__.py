"""Annotating a lesion with every label that fits it: LesaNet, its losses, thresholds and training."""
