"""One chunk of a log: where something stands that is worth reading, and which events of whom that is."""
