"""`params.yaml`, typed: a module a part of the pipeline, so that a new key reruns the stages of its part alone."""
