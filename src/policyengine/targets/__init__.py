"""Languages: a checked policy as something that runs or reads. Imports only the model; no target imports another."""
