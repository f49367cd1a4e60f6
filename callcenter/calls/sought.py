"""What a line of search asks for among calls that somebody may see."""

import re
from dataclasses import dataclass

from .models import CallLogQuerySet, Comment
from .models.words import Words

NO_WORDS = Words(None, None)


@dataclass(frozen=True)
class Sought:
    """What a line of search asks for: `#4711`, at least four trailing digits, or words."""

    words: Words = NO_WORDS
    digits: str = ""
    number: int | None = None

    @classmethod
    def of(cls, text: str) -> "Sought":
        """What `text` asks for."""
        text = text.strip()
        if number := re.fullmatch(r"#\s*([0-9]{1,18})", text):
            return cls(number=int(number[1]))
        digits = re.sub(r"[^0-9]", "", text)
        is_number = len(digits) >= 4 and re.fullmatch(r"[0-9\s()+./-]+", text)
        return cls(words=Words.of(text), digits=digits if is_number else "")

    def __bool__(self) -> bool:
        return bool(self.words)

    def parts_of(self, rows: CallLogQuerySet) -> list[CallLogQuerySet]:
        """Those of these calls, as querysets of which they are the union.

        Words are looked for in the texts of the call and in its comments. An OR of the two in one
        queryset would read the whole table for a rare word; these two have an index each. The
        comments need no scope of their own: only those of `rows` count.
        """
        words = self.words
        if words.unwanted is not None:
            rows = rows.without_words(words, Comment.objects.saying(words.unwanted))
        if words.wanted is None:
            return [rows]
        said = Comment.objects.saying(words.wanted)
        return [rows.saying(words, digits=self.digits), rows.commented(said)]
