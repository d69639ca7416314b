"""What each monitoring host is told: which devices it asks, with which accounts, and what it knows of plan and register."""
