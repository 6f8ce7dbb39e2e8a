"""What log triage is measured with: corpora with planted incidents, speed, memory, precision."""
