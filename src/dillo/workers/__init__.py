"""Worker processes: orders in, replies out, one JSON object a line."""
