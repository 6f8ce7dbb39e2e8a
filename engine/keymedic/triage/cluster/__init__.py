"""The same triage on a Spark cluster."""
