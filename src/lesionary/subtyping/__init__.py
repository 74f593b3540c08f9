"""Naming the sub-type of a mass: DMRN, its comparisons, folds and the SVM."""
