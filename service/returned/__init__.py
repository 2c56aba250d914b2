"""What was erased and came back with a backup or an old copy: found, and erased again."""
