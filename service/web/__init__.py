"""The server: API, pages, webhooks and Label Studio's backend."""
