"""RTP, RTCP, telephone-event and G.711, without sockets or clocks."""
