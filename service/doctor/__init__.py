"""What Tandem stands on, checked: what each check found and, where it fails, the remedy."""
