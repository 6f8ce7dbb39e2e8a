"""Logs that grow: lines as they come, incidents as they open and close."""
