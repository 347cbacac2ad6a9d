"""What the API answers, as values: unknown fields of newer servers are passed over."""
