"""All that trains a row of the subtyping tables."""
