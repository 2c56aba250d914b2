"""What was said, what the codes mean, who coded what, and how far they agree."""
