"""Health: what `:CodeStatsHealth`, `:checkhealth codestats` and `python3 -m codestats health` look at.

Each part returns findings; `check` collects them, on a thread of its own. May import `api`, `storage`, `delivery.lease`
and `install.requirements`; changes nothing but a probe file of its own.
"""
