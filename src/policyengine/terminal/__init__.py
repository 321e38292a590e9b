"""What the commands print: diagnostics, policies, timelines and answers as rows, and the console."""
