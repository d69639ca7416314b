"""The plan against the register, and the register's rows as labels to join with."""
