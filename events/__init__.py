"""Training and event listings. The room's place in the import order is held; its nouns come with their own work."""
