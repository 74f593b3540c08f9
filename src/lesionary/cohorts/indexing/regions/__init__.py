"""Where lesions are drawn or segmented beside the images: RTSTRUCT, DICOM SEG, DICOM SR, masks."""
