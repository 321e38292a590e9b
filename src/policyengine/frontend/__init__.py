"""Verbs: from text to a checked policy. Imports only the model."""
