"""Logs of bots and platforms: gigabytes in, incidents out."""
