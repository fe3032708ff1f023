"""Issues, subscribers and delivery. The room's place in the import order is held; its nouns come with their own work."""
