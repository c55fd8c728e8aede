"""A value being typed: its text and where the cursor stands in it."""

from rich.text import Text

_CURSOR = "reverse"


class TextEntry:
    """One line of text under edit."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = len(text)

    def take(self, key: str, character: str | None) -> bool:
        """What `key` does to the text; True where it changed."""
        before = self.text
        if key in {"left", "right"}:
            self.at = min(max(0, self.at + (1 if key == "right" else -1)), len(self.text))
        elif key in {"home", "ctrl+a"}:
            self.at = 0
        elif key in {"end", "ctrl+e"}:
            self.at = len(self.text)
        elif key == "backspace" and self.at:
            self.text = self.text[: self.at - 1] + self.text[self.at :]
            self.at -= 1
        elif key == "delete":
            self.text = self.text[: self.at] + self.text[self.at + 1 :]
        elif key == "ctrl+u":
            self.text, self.at = self.text[self.at :], 0
        elif character is not None and character.isprintable():
            self.insert(character)
        return self.text != before

    def insert(self, words: str) -> None:
        """Put `words` where the cursor is."""
        words = "".join(character for character in words if character.isprintable())
        self.text = self.text[: self.at] + words + self.text[self.at :]
        self.at += len(words)

    def drawn(self) -> Text:
        """The text with its cursor."""
        text = Text(self.text + " ")
        text.stylize(_CURSOR, self.at, self.at + 1)
        return text
