"""What coders decided in Label Studio: taken in, fetched, and made into reviews."""
