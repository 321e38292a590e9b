"""Decisions and policies for people and machines: as data, and as pages of plain rows in each language."""
