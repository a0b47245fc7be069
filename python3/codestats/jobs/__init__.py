"""Jobs: backups that the system starts at set times, and how each last run went.

A schedule is a systemd user timer, a line of the crontab, or a launchd agent; what is scheduled and what ran is kept in
`jobs/` of the data directory. May import `storage` and `install`; commands, health and views read it.
"""
