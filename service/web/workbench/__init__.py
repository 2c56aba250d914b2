"""The pages of a lead: a wave handed out, agreement, disagreements, models, results. No rule stands here."""
