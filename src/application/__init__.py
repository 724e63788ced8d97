"""What reelwright does: use cases, and the ports that they ask the outside for."""
