"""Delivery: the queue on disk to the service, one pulse at a time, and what becomes of each pulse.

`Sender` is the worker thread, `DeliverySession` its connections for one set of settings, `rounds` decides what to do
after each answer, `Outbox` moves pulses between states in one transaction each, `Lease` lets one sender of many
processes work, `arrival` looks a pulse in doubt up in the profile, `reporter` tells editor and log. May import
`storage`, `api` and the shared modules.
"""
