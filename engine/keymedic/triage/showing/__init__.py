"""What people and programs get to see: reports and files."""
