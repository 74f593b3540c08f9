"""Geometry, windows and the slices that a network sees."""
