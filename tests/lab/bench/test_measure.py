"""What a benchmark says of a command is the command's own cost."""

import sys

import pytest

from lab.bench.measure import BenchError, run


def test_the_memory_of_the_benchmark_is_not_the_commands():
    ballast = bytearray(b"x" * (128 << 20))
    assert run(["true"]).peak_mib < 64 < len(ballast) >> 20


def test_memory_processor_and_output_of_the_command_are_told():
    hungry = "x = bytearray(b'x' * (96 << 20)); sum(range(2_000_000)); print('done')"
    usage = run([sys.executable, "-c", hungry])
    assert usage.peak_mib > 96
    assert usage.cpu_s > 0
    assert usage.output == "done\n"


def test_a_command_that_failed_has_no_figures():
    with pytest.raises(BenchError, match=r"sh ended with 3:\nbroken"):
        run(["sh", "-c", "echo broken; exit 3"])
