"""Issues, subscribers and their delivery. The room is named and its place in the import order held; its nouns come with their own work."""
