"""Passwords by Argon2id and access tokens by Ed25519."""
