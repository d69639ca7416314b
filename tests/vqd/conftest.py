"""Pictures with each defect, made by ffmpeg."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest

from nanxi.vqd.measure import Picture, measure
from tests.support.lab import need

#: A scene with structure and a little noise; every defect is a filter behind it.
SCENE = "mandelbrot=s=640x360:start_scale=0.8,hue=s=0.3,noise=all_strength=6"
DEFECTS = {
    "good": "null",
    "black": "colorlevels=romax=0.02:gomax=0.02:bomax=0.02",
    "blurred": "gblur=sigma=10",
    "dark": "colorlevels=romax=0.12:gomax=0.12:bomax=0.12",
    "bright": "colorlevels=romin=0.8:gomin=0.8:bomin=0.8",
    "colour_cast": "colorchannelmixer=rr=1.6:gg=0.6:bb=0.5",
    "snow": "noise=all_strength=100:all_flags=t+u,noise=all_strength=100:all_flags=t",
    "occluded": "drawbox=x=0:y=0:w=640:h=340:c=gray:t=fill",
    "night": "hue=s=0",
    "moved": "hflip,vflip",
}


@cache
def png(name: str) -> bytes:
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"{SCENE},{DEFECTS[name]}", "-frames:v", "1"]
    done = subprocess.run([*command, "-c:v", "png", "-f", "image2pipe", "-"], capture_output=True, check=True)
    return done.stdout


@pytest.fixture
def picture():
    """``await picture(name)`` measures one of them."""
    need("ffmpeg")

    async def make(name: str) -> Picture:
        return await measure("PNG", png(name))

    return make
