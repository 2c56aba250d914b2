"""The study's database: what is kept of transcripts, reviews, models and suggestions."""
