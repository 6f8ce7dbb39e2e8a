"""What events mean: judged messages, incidents, and what no rule knows."""
