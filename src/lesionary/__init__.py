"""From hospital CT and the reports written about it to models that say where, what and how a lesion is."""
