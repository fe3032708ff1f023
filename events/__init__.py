"""Training and event listings. The room is named and its place in the import order held; its nouns come with their own work."""
