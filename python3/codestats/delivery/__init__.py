"""Delivery: the queue on disk to the service, one pulse at a time, and what becomes of each pulse.

`Sender` is the worker thread, `DeliverySession` its connections for one set of settings, `rounds` decides what to do
after each answer (by the table in doc/dev/delivery.md), `suspicion` keeps what is held against a pulse, `Outbox` moves
pulses between states in one transaction each, `Lease` lets one sender of many processes work, `arrival` finds a pulse
in doubt in two profiles (pure), `arrival_check` keeps and gets those, `reporter` tells editor and log. May import
`storage`, `api` and the shared modules.
"""
