"""Setup: a new machine in one step, and back again.

Each change is planned (`steps`), noted with what was there before (`journal`), then made; `undo` goes the way back.
May import `health`, `jobs`, `install`, `storage` and `api`; nothing but the command imports it.
"""
