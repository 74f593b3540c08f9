"""Copies of DICOM files that name nobody: by the basic profile of DICOM PS3.15, Annex E."""
