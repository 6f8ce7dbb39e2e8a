"""What is read: inputs, what they are packed in, their formats, the pieces they are cut into."""
