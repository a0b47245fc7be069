"""A report for people who would rather look: one HTML page, and a card as SVG. Pure functions of a `Report`."""

from __future__ import annotations

from codestats.data.report.card import card
from codestats.data.report.card_text import card_markdown, card_text
from codestats.data.report.model import Report, report_of
from codestats.data.report.page import page

__all__ = ["Report", "card", "card_markdown", "card_text", "page", "report_of"]
