"""Columns of the table of patches."""

EDGES = ("x_min", "y_min", "x_max", "y_max")
"""The lesion's box in pixels of its patch."""

PLACE = ("x_mm", "y_mm", "width_mm", "height_mm")
"""The centre of a lesion's box from the centre of its image, along rows and columns as stored, and the box's size."""
