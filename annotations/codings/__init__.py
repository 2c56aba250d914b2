"""What people have coded already: files of codings, the passages they mean, and into the store as reviews."""
