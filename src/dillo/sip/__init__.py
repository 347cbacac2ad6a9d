"""SIP without I/O (RFC 3261, 6026, 3581): datagrams, commands and time in, effects out.

From the bottom up: `grammar`, `uri`, `headers` and `fields` read values, `message` and `parsing`
whole messages; `transactions` repeats and matches them; `dialog` knows what two sides agreed on;
`inbound` is the table of a call, `agent` performs it, and `endpoint` is the face of it all.
"""
