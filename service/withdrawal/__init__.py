"""Erasing a participant everywhere: what would go, the erasure, what is looked for afterwards, the receipt."""
