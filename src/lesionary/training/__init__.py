"""The loop, checkpoints and devices."""
