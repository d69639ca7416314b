"""From the estate to jobs for the drivers, and from their outcomes to what people and Ansible read."""
