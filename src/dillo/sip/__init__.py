"""SIP without I/O (RFC 3261, 6026, 3581): datagrams, commands and time in, effects out.

From the bottom up: `grammar`, `uri`, `headers` and `fields` read values, `message` and `parsing`
whole messages; `transactions` repeats and matches them; `dialog` knows what two sides agreed on.
`inbound` and `outbound` are the tables of calls, `call` has what they share. `agent` serves the
peer's requests, `dialing` searches for whoever answers ours, `requests` asks within a dialog; and
`endpoint` is the face of it all.
"""
