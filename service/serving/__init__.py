"""Models at work in a study: trained, chosen to serve, asked for suggestions."""
