"""What a study holds, as files that people and other programs work with: the work behind "tandem export"."""
