"""Live: running calls told by the process that has them to those that show them."""
