"""``make demo``: the lab told step by step, one module a chapter, every step checked."""
