"""Linux hosts between and in zones: the nftables ruleset of each, generated from plan and flows (D9)."""
