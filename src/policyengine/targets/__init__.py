"""Languages: a checked policy written as something that runs or reads. Imports only the model; no target imports another."""
