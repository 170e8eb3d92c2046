"""Where catalyst's algorithms import from."""
