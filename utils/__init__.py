"""What the eight lessons share: data, metrics, plots, exercises and the tools that keep them."""
