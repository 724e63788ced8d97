"""What a short video is: values and pure functions, the standard library only."""
