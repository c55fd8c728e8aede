"""Lessons: each idea behind a network in a few sentences, with a run's own numbers. Text alone, no torch."""

from signtui.lessons.course import (
    LESSONS,
    Lesson,
    beside,
    lesson_named,
    lesson_of_panel,
    lesson_of_setting,
)
from signtui.lessons.subject import Subject, subject_of

__all__ = [
    "LESSONS",
    "Lesson",
    "Subject",
    "beside",
    "lesson_named",
    "lesson_of_panel",
    "lesson_of_setting",
    "subject_of",
]
