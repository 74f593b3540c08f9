"""From a report's text to sentences, bookmarks and label mentions."""
