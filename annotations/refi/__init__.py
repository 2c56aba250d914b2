"""REFI-QDA, the format in which programs for qualitative analysis exchange projects (qdasoftware.org): in and out."""
