"""In-memory and exact stand-ins for every port, shipped for tests of use cases."""
