"""Install: the private environment of `:CodeStatsInstall`, and what a Python lacks to run the core.

Runs in Pythons that have nothing but their standard library, so it may import that and the shared modules only.
"""
