"""How an epoch is cut into steps: as few batches as the batch size allows, all of nearly the same size.

Even batches leave no small rest whose step would count as much as a full one, and none of a single image
unless the batch size is one.
"""


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Batches in an epoch: images divided by the batch size, rounded up."""
    return max(1, -(-images // batch_size))


def batch_bounds(images: int, steps: int, step: int) -> tuple[int, int]:
    """First and past-the-last position of batch `step` (0-based) of `steps`."""
    return images * step // steps, images * (step + 1) // steps
