"""Core outcomes, resources, organisations, quotations with consent, references and features."""
