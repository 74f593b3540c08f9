"""The command line: `lesionary check`, `lesionary import`, `lesionary schema`. Nothing else here knows of one."""
