"""What the processes count, as Prometheus text files that `web` serves.

Nothing here runs in a call: the collectors read plain numbers that the parts keep anyway.
"""
