"""What people decided, out of a study: the work behind "tandem export"."""
