"""Administration by program: a user's machines, tokens and exports, and the users and language aliases of all.

The real service has this on its website alone. Here it is under ``/api/my`` and ``/api/admin``, documented in
doc/service.md, so that a machine can be set up, and data fetched, without a browser.

May import what is in ``server`` below ``api``: store, machines, tokens, profile, timestamp, exchange.
"""
