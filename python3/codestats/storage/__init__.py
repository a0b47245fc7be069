"""Storage: what is on disk. SQLite database, hand-over files, and a damaged database set aside.

Times are epoch seconds (UTC) unless a name says `local`; XP are positive integers. May import the shared modules only.
"""
