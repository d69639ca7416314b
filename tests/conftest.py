"""What every test shares. Each plugin has one purpose and says it in its first line."""

pytest_plugins = [
    "pytester",
    "tests.support.guard",
    "tests.support.lab",
    "tests.support.background",
    "tests.support.twins",
    "tests.support.switches",
    "tests.support.wires",
    "tests.support.crossroads",
    "tests.support.hosts",
    "tests.support.lossy",
]
