"""What the codes mean: codebooks as values, from files and into files, checked, laid out for reading."""
