"""Readers that turn documents into blocks of text."""
