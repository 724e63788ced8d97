"""The machine under the service."""
