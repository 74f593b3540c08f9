"""The sub-figure benchmark: images from the medical literature, named by what kind of image they are."""
