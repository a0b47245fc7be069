"""Statistics: pure sums of counted XP by day, language, machine and hour, and the periods they are asked for.

No disk, no network, no drawing: `storage` reads, `views` and `data.report` draw. May import the shared modules only.
"""
