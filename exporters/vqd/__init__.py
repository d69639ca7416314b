"""Picture quality of one key frame."""
