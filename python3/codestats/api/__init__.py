"""The service's API: one request, and what its answer means. Knows neither disk nor queue nor editor.

`Client` makes requests, `outcome` turns an answer into a `Verdict` (pure), `errors` does so for what went wrong on the
way, `pool`, `transport` and `proxy` are the connection. urllib3 is imported in here only, and late: it is slow to
load. May import the shared modules only.
"""
