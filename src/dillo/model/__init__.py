"""The leaf every layer may import: ids, phone numbers, money, errors and call events."""
