"""From a folder of images, one folder a class, to what a network is given."""
