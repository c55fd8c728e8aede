import torch

from signtui.model.scaling import scale_images


def test_per_image_gives_zero_mean_and_unit_deviation() -> None:
    images = torch.randint(0, 256, (5, 28, 28), dtype=torch.uint8)
    scaled = scale_images(images, "per_image")
    assert scaled.shape == (5, 1, 28, 28)
    assert scaled.dtype == torch.float32
    assert torch.allclose(scaled.mean((1, 2, 3)), torch.zeros(5), atol=1e-5)
    assert torch.allclose(scaled.std((1, 2, 3), correction=0), torch.ones(5), atol=1e-5)


def test_per_image_does_not_see_brightness_or_contrast() -> None:
    levels = torch.rand(3, 1, 16, 16) * 100
    assert torch.allclose(
        scale_images(levels, "per_image"), scale_images(levels * 1.5 + 40, "per_image"), atol=1e-4
    )


def test_flat_image_gives_exact_zeros() -> None:
    for level in range(256):
        flat = torch.full((1, 28, 28), level, dtype=torch.uint8)
        assert not scale_images(flat, "per_image").any()


def test_unit_divides_by_255() -> None:
    images = torch.tensor([[[0, 51], [204, 255]]], dtype=torch.uint8)
    assert torch.equal(scale_images(images, "unit"), torch.tensor([[[[0, 0.2], [0.8, 1.0]]]]))


def test_whole_and_real_grey_levels_give_the_same() -> None:
    images = torch.randint(0, 256, (2, 12, 12), dtype=torch.uint8)
    assert torch.equal(scale_images(images, "per_image"), scale_images(images.float()[:, None], "per_image"))
