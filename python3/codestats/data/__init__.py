"""The user's data, in and out: exports, imports, backups and reports. Nothing in here sends XP.

May import `storage`, `stats`, `api` (to fetch a profile) and the shared modules.
"""
