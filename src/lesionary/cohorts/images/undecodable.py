"""Images that end the process that decodes them: a decoder written in C may die of broken compression."""

from __future__ import annotations

from lesionary.base.errors import ItemError, LesionaryError, SeriesError


def lost(_task: object, error: LesionaryError) -> ItemError:
    """What stands for a series whose images cost process after process, so that the others go on."""
    reason = "its images end the process that decodes them, or need more memory than there is"
    return SeriesError(error.place, reason, "copy them again, or convert their transfer syntax")
