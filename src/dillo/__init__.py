"""Dillo: self-hosted, programmable inbound voice."""

__version__ = "0.1.0"
