"""Other processes: workers that take orders line by line, and servers of this node."""
