"""What pages are made of: rows and spots, charts, maps, tables, colours, and a page as a picture. Knows no page.

May import `stats` and the shared modules only.
"""
