"""Hands on a keyboard: counts commands, not words (users.md 5)."""

from playwright.sync_api import Page


class Keyboard:
    """Presses keys and counts the commands; what is typed in between does not count."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.commands = 0

    def press(self, key: str) -> None:
        """One command key or chord."""
        self.page.keyboard.press(key)
        self.commands += 1

    def reason(self, mnemonic: str) -> None:
        """A mnemonic, which counts as one."""
        self.page.keyboard.type(mnemonic)
        self.commands += 1

    def type(self, words: str) -> None:
        """Words that an agent would type anyway."""
        self.page.keyboard.type(words, delay=15)
