"""A browser for the tests that look at pages: the one that is there, or one that is brought (`python tests/browser.py`).

Any Chromium will do. Looked for are the address in DERMATWIN_BROWSER, usual names on the path, and what Playwright brought
earlier. Brought is Playwright's own build, into the user's cache; where that cannot be had and the system is a Debian or its
like with the rights of an administrator, the package of the system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
VARIABLE = "DERMATWIN_BROWSER"
PACKAGE = "chromium-headless-shell"


def find() -> str | None:
    """The browser's program; None where there is none."""
    if named := os.environ.get(VARIABLE):
        return named
    found = [shutil.which(name) for name in NAMES] + [place for place in PLACES if Path(place).exists()]
    return next((place for place in found if place), None) or _brought()


def _brought() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        place = Path(playwright.chromium.executable_path)
    shells = sorted(place.parents[2].glob("chromium_headless_shell-*/*/*headless*shell*")) if len(place.parents) > 2 else []
    return str(place) if place.exists() else next((str(shell) for shell in shells if os.access(shell, os.X_OK)), None)


def bring() -> None:
    """Install one: Playwright's build, else the package of the system."""
    playwright = (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
    if subprocess.run(playwright, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        for command in (("update", "-qq"), ("install", "-qq", "-y", "--no-install-recommends", PACKAGE)):
            subprocess.run(("apt-get", *command), stdout=subprocess.DEVNULL, check=False)


def options() -> list[str]:
    """What the browser is started with: nothing of its own goes to a network, and no sandbox for an administrator."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return [*quiet, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else quiet


if __name__ == "__main__":
    if not find():
        print("Bringing a browser for the tests of pages ...")
        bring()
    if not find():
        sys.exit(f"No Chromium for the tests of pages: install one, or name it in {VARIABLE}.")
