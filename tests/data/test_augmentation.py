"""Random changes to images: in their bounds, each image its own, nothing where all is off."""

import dataclasses
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from signtui.config import AugmentSettings
from signtui.data.augmentation import Augmentation
from signtui.data.geometry import affine_matrices

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
    return augmentation._sampling(batch.float().unsqueeze(1), affine)[:, 0]


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
    return dataclasses.replace(changes, affine=affine)


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
        perspective=st.floats(0, 0.4),
        warp=st.floats(0, 0.2),
        light=st.floats(0, 2),
        tone=st.floats(0, 2),
        blur=st.floats(0, 1),
        noise=st.floats(0, 100),
        erase=st.floats(0, 1),
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


def one(size=12):
    """An image of a ramp, so that every change shows."""
    return (torch.arange(size * size).view(1, size, size) * 255 // (size * size)).to(torch.uint8)


@pytest.mark.parametrize(
    "name", ["perspective", "warp", "light", "tone", "blur", "noise", "erase", "brightness", "rotation"]
)
def test_each_change_alone_changes_images_and_none_moves_anothers_chance(name):
    batch = one().expand(8, 12, 12).contiguous()
    alone = replace(OFF, **{name: {"rotation": 20.0, "noise": 20.0, "erase": 1.0}.get(name, 0.2)})
    changed = augmented(alone, batch)
    assert len({image.numpy().tobytes() for image in changed}) == 8
    drawn = Augmentation(alone, 12, CPU).draw(8, 1)
    with_all = replace(alone, shear=5.0, light=0.3, noise=5.0, erase=0.5, blur=0.5, tone=0.3)
    with_all = replace(with_all, **{name: getattr(alone, name)})
    again = Augmentation(with_all, 12, CPU).draw(8, 1)
    if name not in {"rotation"}:  # whose matrices hold the shear too
        assert torch.equal(getattr(drawn, name, drawn.patch), getattr(again, name, again.patch))


def test_light_is_brighter_along_its_slope():
    batch = torch.full((1, 1, 12, 12), 100.0)
    lit = Augmentation(OFF, 12, CPU)._tones.light(batch, torch.tensor([[0.7, 0.0]]))[0, 0]
    assert torch.all(lit.diff(dim=1) > 0)
    assert lit[0, -1].item() == pytest.approx(100 * math.exp(0.7 * 11 / 12), rel=1e-4)
    assert torch.allclose(lit[0], lit[-1])


def test_a_tone_curve_leaves_black_and_white_where_they_are():
    levels = torch.tensor([0.0, 64, 128, 255]).view(1, 1, 2, 2)
    bent = Augmentation(OFF, 2, CPU)._tones.curve(levels, torch.tensor([2.0])).flatten()
    assert bent.tolist() == pytest.approx([0, 255 * (64 / 255) ** 2, 255 * (128 / 255) ** 2, 255], abs=1e-2)


def test_blur_evens_out_and_its_negative_sharpens():
    levels = one().float().unsqueeze(1)
    levels[0, 0, 5, 5] = 255
    tones = Augmentation(OFF, 12, CPU)._tones
    soft, sharp = (tones.blur(levels, torch.tensor([amount])) for amount in (1.0, -0.5))
    assert soft[0, 0, 5, 5] < levels[0, 0, 5, 5]
    assert sharp[0, 0, 5, 4] < levels[0, 0, 5, 4]


def test_erasing_covers_the_share_of_images_asked_for_by_one_grey():
    batch = one(28).expand(2000, 28, 28).contiguous()
    augmentation = Augmentation(replace(OFF, erase=0.25), 28, CPU)
    changes = augmentation.draw(2000, 0)
    changed = (augmentation.apply(batch, changes)[:, 0] != batch).flatten(1)
    assert 0.21 < changed.any(1).float().mean().item() < 0.29
    first = int(changed.any(1).nonzero()[0])
    covered = augmentation.apply(batch, changes)[first, 0].flatten()[changed[first]]
    assert covered.unique().numel() == 1


def test_a_perspective_shrinks_one_end():
    batch = torch.zeros(1, 1, 28, 28)
    batch[..., 6:22, 6:22] = 255
    still = torch.tensor([[[1.0, 0, 0], [0, 1, 0]]])
    tilted = Augmentation(OFF, 28, CPU)._sampling(batch, still, torch.tensor([[0.0, 0.3]]))[0, 0]
    widths = (tilted > 128).sum(1)
    top, bottom = (int(widths[rows].float().max()) for rows in (slice(0, 12), slice(18, 28)))
    assert top < bottom


def test_what_is_drawn_for_some_images_is_what_all_of_them_get():
    batch = images(32)
    strong = AugmentSettings(
        perspective=0.2, warp=0.05, light=0.7, tone=0.5, blur=0.7, noise=8, erase=0.5, shear=10
    )
    augmentation = Augmentation(strong, 12, CPU)
    changes = augmentation.draw(32, 7)
    whole = augmentation.apply(batch, changes)
    some = augmentation.apply(batch[5:9], changes.select(slice(5, 9)))
    assert torch.allclose(whole[5:9], some, atol=1e-3)
