"""Who is let in: keys, the doors they open, and the proof of who listens at an address."""
