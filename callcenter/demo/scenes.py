"""The last days of the demo as people would tell them: what a desk is about, each at least once.

They are told word for word and lie among the many calls that are drawn by lot.
"""

from . import buildings, evidence, morning
from .cast import Cast
from .rows import Chunk
from .scribe import Scribe


def play(scribe: Scribe, cast: Cast) -> Chunk:
    """The rows of all scenes; what is to be done once these are there is in `cast.later`.

    Nothing is written here, so that a rehearsal tells how many calls there will be, and when.
    """
    for scene in (buildings, morning, evidence):
        scene.play(scribe, cast)
    return scribe.chunk
