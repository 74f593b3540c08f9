"""From an export of a PACS and spreadsheets to the layout of a cohort, adding to what is there, overwriting nothing."""
