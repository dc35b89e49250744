"""From files to the source tree, and back to text."""
