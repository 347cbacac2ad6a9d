"""SIP on the wire: sockets and timers in, effects of `dillo.sip` out."""
