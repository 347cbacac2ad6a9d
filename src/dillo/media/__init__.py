"""The media worker process, which carries RTP, and the client that commands it."""
