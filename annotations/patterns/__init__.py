"""What the codings of a study say together: which codes meet, which are alike, when nothing new came, who bears what out."""
