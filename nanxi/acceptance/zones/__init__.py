"""Proof with packets that the zones are apart as the plan says: probes, agents that send and record, verdicts."""
