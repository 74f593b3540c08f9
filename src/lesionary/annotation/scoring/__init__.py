"""What scores are worth: thresholds calibrated, labels measured, lesions retrieved."""
