"""Takes identities out of report texts before they leave `data/raw`."""
