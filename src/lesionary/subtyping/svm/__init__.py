"""The calibrated SVM on an embedding, and what is chosen on held-out patients."""
