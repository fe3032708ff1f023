"""Core outcomes, resources, organisations, quotations with consent, references and featured resources."""
