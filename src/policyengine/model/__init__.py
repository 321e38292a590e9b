"""Nouns: frozen data that imports nothing of ours, does no I/O and runs no pass."""
