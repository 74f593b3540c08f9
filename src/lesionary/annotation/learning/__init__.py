"""All that trains a row of the annotation tables."""
