"""The tables of profiles and quirks in ``docs/twin.md``: ``python -m lab.twin.catalogue`` rewrites them."""

from __future__ import annotations

import re
from pathlib import Path

from lab.twin.profile import PROFILES, QUIRKS, plain_profile, read_quirk

PAGE = Path(__file__).parents[2] / "docs" / "twin.md"
BEGIN = "<!-- written by python -m lab.twin.catalogue -->\n"


def tables() -> str:
    """Return both tables in Markdown; quirks of the numbered catalogue first, in its order."""
    profiles = [
        f"| `{name}` | {plain_profile(name).title} | {', '.join(plain_profile(name).vendors)} |"
        for name in sorted(file.stem for file in PROFILES.glob("*.yml"))
    ]
    quirks = [
        f"| [`{name}`](../lab/twin/quirks/{name}.yml) | {read_quirk(name).title} |"
        for name in sorted((file.stem for file in QUIRKS.glob("*.yml")), key=_order)
    ]
    return "\n".join(
        [
            *("| profile | what it is | vendor in the register |", "|---|---|---|", *profiles, ""),
            *("| quirk | what it is |", "|---|---|", *quirks, ""),
        ]
    )


def _order(name: str) -> tuple[bool, str, int]:
    number = re.fullmatch(r"([A-Z])(\d+)", name)
    return (False, number[1], int(number[2])) if number else (True, name, 0)


def main() -> None:
    """Write the tables into the page."""
    text = PAGE.read_text("utf-8").partition(BEGIN)[0]
    PAGE.write_text(text + BEGIN + "\n" + tables(), "utf-8")


if __name__ == "__main__":
    main()
