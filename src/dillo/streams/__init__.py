"""Streams: calls joined with voice agents over WebSockets, in a process of their own."""
