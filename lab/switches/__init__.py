"""Switch twins: access switches of four dialects over SSH, and the data plane that their configuration programs."""
