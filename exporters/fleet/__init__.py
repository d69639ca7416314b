"""Every device of the register, once an interval, in one process; the last results are served from memory."""
