"""Readers of series of images, whatever their file format."""
