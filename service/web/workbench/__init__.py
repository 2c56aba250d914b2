"""The pages of a lead: bringing in, handing out, agreement, models, results, exports, settings. No rule lives here."""
