"""What carries webhooks to the servers of users."""
