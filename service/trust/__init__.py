"""Addresses that a study names: which of them are called, and which wait for this machine's user to confirm them."""
