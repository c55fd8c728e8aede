"""Random changes to images: in their bounds, each image its own, nothing where all is off."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from signtui.config import AugmentSettings
from signtui.data.augmentation import Augmentation, affine_matrices

CPU = torch.device("cpu")
OFF = AugmentSettings(rotation=0, shift=0, zoom=0, shear=0, flip=False, brightness=0, contrast=0)


def images(count=16, size=12, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, size, size), generator=generator, dtype=torch.uint8)


def augmented(change, batch, seed=1):
    augmentation = Augmentation(change, batch.shape[-1], CPU)
    return augmentation.apply(batch, augmentation.draw(len(batch), seed))


def fixed(batch, fill="nearest", **parts):
    """`batch` under one affine change for all."""
    zero, one = torch.zeros(len(batch)), torch.ones(len(batch))
    names = {"angle": zero, "shear": zero, "zoom_x": one, "zoom_y": one, "shift_x": zero, "shift_y": zero}
    affine = affine_matrices(
        **(names | {key: torch.full((len(batch),), value) for key, value in parts.items()})
    )
    augmentation = Augmentation(replace(OFF, fill=fill, rotation=1), batch.shape[-1], CPU)
    return augmentation._resample(batch.float().unsqueeze(1), affine)[:, 0]


def test_all_off_changes_nothing():
    batch = images()
    assert torch.equal(augmented(OFF, batch)[:, 0], batch.float())


def test_a_quarter_turn_moves_every_pixel_to_its_place():
    batch = images()
    turned = fixed(batch, angle=math.pi / 2)
    assert torch.allclose(turned, torch.rot90(batch.float(), 1, (1, 2)), atol=1e-2)


def test_a_negative_zoom_mirrors():
    batch = images()
    assert torch.allclose(fixed(batch, zoom_x=-1.0), batch.float().flip(2), atol=1e-2)


def test_a_shift_of_two_pixels_moves_two_pixels():
    batch = images(size=12)
    moved = fixed(batch, shift_x=2 * 2 / 12)
    assert torch.allclose(moved[:, :, :-2], batch.float()[:, :, 2:], atol=1e-2)
    assert torch.allclose(moved[:, :, -1], batch.float()[:, :, -1], atol=1e-2)  # the nearest pixel fills


def test_a_constant_fill_is_that_grey():
    batch = images()
    augmentation = Augmentation(replace(OFF, fill="constant", fill_value=77, shift=0.5), 12, CPU)
    changes = augmentation.draw(16, 3)
    far = torch.tensor([[1.0, 0, 9], [0, 1, 0]]).expand(16, 2, 3)
    assert torch.allclose(augmentation.apply(batch, replace_affine(changes, far)), torch.tensor(77.0))


def replace_affine(changes, affine):
    return type(changes)(affine, changes.brightness, changes.contrast)


def test_each_image_is_changed_in_its_own_way():
    batch = images(1).expand(8, 12, 12).contiguous()
    changed = augmented(AugmentSettings(), batch)
    assert len({image.numpy().tobytes() for image in changed}) == 8


def test_the_same_seed_makes_the_same_changes():
    batch = images()
    assert torch.equal(augmented(AugmentSettings(), batch, 5), augmented(AugmentSettings(), batch, 5))
    assert not torch.equal(augmented(AugmentSettings(), batch, 5), augmented(AugmentSettings(), batch, 6))


def test_one_setting_does_not_move_anothers_chance():
    with_tones = Augmentation(AugmentSettings(), 12, CPU).draw(9, 4)
    without = Augmentation(replace(AugmentSettings(), brightness=0, contrast=0), 12, CPU).draw(9, 4)
    assert torch.equal(with_tones.affine, without.affine)
    assert without.brightness is None


def test_a_flip_mirrors_about_half():
    changes = Augmentation(replace(OFF, flip=True), 12, CPU).draw(2000, 0)
    mirrored = (changes.affine[:, 0, 0] < 0).float().mean().item()
    assert 0.45 < mirrored < 0.55


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        AugmentSettings,
        rotation=st.floats(0, 180),
        shift=st.floats(0, 0.5),
        zoom=st.floats(0, 0.99),
        shear=st.floats(0, 60),
        flip=st.booleans(),
        brightness=st.floats(0, 1),
        contrast=st.floats(0, 1),
        fill=st.sampled_from(["nearest", "constant"]),
        fill_value=st.integers(0, 255),
    ),
    st.integers(4, 33),
)
def test_any_settings_keep_grey_levels_and_shapes(change, size):
    batch = images(5, size)
    changed = augmented(change, batch)
    assert changed.shape == (5, 1, size, size)
    assert changed.min() >= -1e-3
    assert changed.max() <= 255.001


@pytest.mark.parametrize(("name", "value"), [("rotation", 30.0), ("shift", 0.2), ("zoom", 0.3)])
def test_changes_stay_within_their_setting(name, value):
    changes = Augmentation(replace(OFF, **{name: value}), 28, CPU).draw(5000, 1)
    matrix = changes.affine
    if name == "rotation":
        angle = torch.atan2(matrix[:, 1, 0], matrix[:, 0, 0]).rad2deg().abs()
        assert 29 < angle.max() <= 30.001
    elif name == "shift":
        assert 0.39 < matrix[:, :, 2].abs().max() <= 0.4
    else:
        scale = matrix[:, 0, 0]
        assert 0.7 <= scale.min() < 0.71
        assert 1.29 < scale.max() <= 1.3
