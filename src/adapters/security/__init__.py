"""Passwords by Argon2id, access tokens by Ed25519, and child processes with no rights for what is foreign."""
