"""How people and programs reach Tandem: command line, API, pages, Label Studio."""
