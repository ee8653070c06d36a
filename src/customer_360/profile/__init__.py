"""What we know of a customer: each attribute from the best record that has it, and which source that was."""
