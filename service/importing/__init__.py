"""Files into a study: the work behind "tandem import" and "tandem import-codings"."""
