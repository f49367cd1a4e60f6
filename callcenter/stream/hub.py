"""Who reads which organisation's hints, and what waits to be said to each reader."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable

from .logins import AnyTicket

MOST_TOPICS = 32  # of one reader; there are fewer tables than that


class FullError(Exception):
    """Too many streams: `is_mine` when it is this person's own number that is too high."""

    def __init__(self, *, is_mine: bool) -> None:
        super().__init__("too many streams")
        self.is_mine = is_mine


class Reader:
    """One open stream. What waits for it is a few words, however slowly it reads."""

    def __init__(self, ticket: AnyTicket) -> None:
        self.ticket = ticket
        self.is_over = False
        self._wake = asyncio.Event()
        self._topics: set[str] = set()
        self._state = ""

    def hint(self, topic: str) -> None:
        """Say that something of this topic changed; twice is once."""
        if len(self._topics) < MOST_TOPICS:
            self._topics.add(topic)
        self._wake.set()

    def tell(self, state: str) -> None:
        """Say `stale` or `reload`; only the last one counts."""
        self._state = state
        self._wake.set()

    def end(self) -> None:
        """End the stream, because its login is over."""
        self.is_over = True
        self._wake.set()

    async def wait(self, seconds: float) -> bool:
        """Whether there is something to say before so many seconds have passed."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    def taken(self) -> bytes:
        """What waits, as events of a stream; it waits no more."""
        self._wake.clear()
        said = event(self._state) if self._state else b""
        if self._topics:
            said += event("hint", " ".join(sorted(self._topics)))
        self._state, self._topics = "", set()
        return said


def event(name: str, data: str = "") -> bytes:
    """One event as it goes over the wire."""
    return f"event: {name}\ndata: {data}\n\n".encode()


class Hub:
    """All open streams of this process. `is_live` says whether the database is listened to."""

    def __init__(self, *, most: int, most_of_one: int) -> None:
        self.is_live = False
        self._most = most
        self._most_of_one = most_of_one
        self._readers: dict[int, set[Reader]] = defaultdict(set)
        self._of_person: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._of_person.total()

    def readers(self) -> Iterable[Reader]:
        """Everybody, in a list of its own."""
        return [reader for readers in self._readers.values() for reader in readers]

    def join(self, ticket: AnyTicket) -> Reader:
        """One more reader; FullError when there are too many already."""
        if self._of_person[ticket.person] >= self._most_of_one:
            raise FullError(is_mine=True)
        if len(self) >= self._most:
            raise FullError(is_mine=False)
        reader = Reader(ticket)
        self._readers[ticket.organization_id].add(reader)
        self._of_person[ticket.person] += 1
        return reader

    def leave(self, reader: Reader) -> None:
        """The reader is gone; its organisation is forgotten with its last one."""
        organization = reader.ticket.organization_id
        self._readers[organization].discard(reader)
        if not self._readers[organization]:
            del self._readers[organization]
        self._of_person[reader.ticket.person] -= 1
        if self._of_person[reader.ticket.person] <= 0:
            del self._of_person[reader.ticket.person]

    def hint(self, payload: str) -> None:
        """Pass on `organization:topic`, or to one person alone `organization:topic:user`.

        Anything else on the channel is not ours.
        """
        organization, _, rest = payload.partition(":")
        topic, has_user, user = rest.partition(":")
        if not (organization.isdecimal() and topic.isidentifier()):
            return
        if has_user and not user.isdecimal():
            return
        for reader in self._readers.get(int(organization), ()):
            if not has_user or reader.ticket.user == user:
                reader.hint(topic)

    def lose(self) -> None:
        """Nobody listens to the database now: what is shown may be stale."""
        if self.is_live:
            self.is_live = False
            self._tell("stale")

    def revive(self) -> None:
        """Somebody listens again; what happened meanwhile is only found by reading again."""
        self.is_live = True
        self._tell("reload")

    def end_all(self) -> None:
        """The process ends; browsers come back by themselves."""
        for reader in self.readers():
            reader.end()

    def _tell(self, state: str) -> None:
        for reader in self.readers():
            reader.tell(state)
