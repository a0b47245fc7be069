"""The user's data, in and out: exports, imports, backups and reports. Nothing in here sends XP."""
