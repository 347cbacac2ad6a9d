"""Calls from browsers: WebRTC on one side, an ordinary SIP and RTP leg on the other."""
