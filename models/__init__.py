"""Text in, suggestions out: segment, embed, classify, explain."""
