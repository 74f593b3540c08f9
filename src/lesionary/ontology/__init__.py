"""Labels of lesions and how they relate: parents, exclusions, synonyms."""
