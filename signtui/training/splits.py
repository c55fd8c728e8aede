"""The images of a run, divided by what they are for."""

from dataclasses import dataclass

from signtui.training.evaluation import Labelled


@dataclass(frozen=True, slots=True)
class Splits:
    """The images on the training device.

    `clean` are training images scored without augmentation, `samples` validation images to be watched.
    `photographs` is how many photographs the validation images are of; images, where that is unknown.
    `fits_sureness` is False where the validation images are the test file's, on which nothing may be fitted,
    or new photos that are to choose nothing.
    """

    train: Labelled
    validation: Labelled
    clean: Labelled | None
    classes: int
    photographs: int
    samples: Labelled | None = None
    fits_sureness: bool = True
