"""The one design of all pages and of the files that people open in a browser: stylesheet, scripts, templates' ground."""
