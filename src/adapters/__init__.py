"""The outside, one package a technology; each fulfils ports of the application, none knows another."""
