"""What a report says: its sentences, bookmarks and mentions."""
