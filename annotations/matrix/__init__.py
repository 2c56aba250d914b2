"""The study's cross-case tables: what was coded where, by how many, and what people make of it."""
