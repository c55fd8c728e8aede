"""From the image to feature maps: planes, convolution, stride, padding, kernels, maps."""

from math import prod

from signtui.lessons.subject import Subject
from signtui.lessons.words import blocks, counted, shape, square
from signtui.model.layers import LayerPlan
from signtui.render.numbers import count, magnitude

NO_NETWORK = "With these settings there is no network: one of its blocks gets fewer values than it needs."
NO_BLOCKS = "This network has no convolution block, so its head sees the bare image."


def without_blocks(subject: Subject) -> list[str]:
    """What to say where there is no convolution to speak of."""
    return [NO_NETWORK if subject.layout is None else NO_BLOCKS]


def image(subject: Subject) -> list[str]:
    """An image as planes of numbers."""
    side = subject.image_size
    told = [
        (
            f"To a network an image is a plane of numbers: {side} rows of {side} grey levels,"
            f" {count(side**2)} in all, from 0 for black to 255 for white. A colour photograph would be"
            " three such planes, of red, green and blue. These images are grey, so there is one:"
            f" 1x{square(side)}."
        ),
    ]
    if subject.config.model.input_scaling == "per_image":
        told.append(
            "Before the first layer every image is brought to mean 0 and deviation 1 by itself, so that a"
            " dark photograph and a bright one of the same hand look alike (input_scaling per_image)."
        )
    else:
        told.append("Before the first layer the grey levels are divided by 255 (input_scaling unit).")
    data = subject.data
    if data is None:
        told.append(f"The network has to say which of {subject.classes} classes an image shows.")
        return told
    made = "hands drawn by the program" if data.synthetic else data.name
    told.append(
        f"This run learns from {counted(data.train_images, 'image')} of {len(data.classes)} classes: {made}."
        + _missing_letters(data.classes)
    )
    return told


def _missing_letters(classes: tuple[str, ...]) -> str:
    letters = {"A", "I", "K", "Y"} <= set(classes)
    return (
        " J and Z are motions, which no image can show." if letters and not {"J", "Z"} & set(classes) else ""
    )


def convolution(subject: Subject) -> list[str]:
    """One kernel slides, multiplies and adds."""
    told = [
        (
            "A convolution slides a small square of numbers, the kernel, over the image. Wherever it stops"
            " it multiplies each value under it by its own number there, and adds the products up. The"
            " sums, side by side, are a new picture: a feature map, bright where the image looks like the"
            " kernel."
        )
    ]
    convolutions = subject.layers("convolution")
    if not convolutions:
        return told + without_blocks(subject)
    told.append(_sliding(convolutions[0]))
    if len(convolutions) > 1:
        layer = convolutions[1]
        told.append(
            f"Block 2 doesn't see the image but the {counted(layer.input[0], 'map')} of block 1: each of its"
            f" kernels is {shape((layer.input[0], layer.kernel, layer.kernel))}, and each value a sum of"
            f" {counted(_products(layer), 'product')}."
        )
    return told


def _products(layer: LayerPlan) -> int:
    return layer.input[0] * layer.kernel**2


def _sliding(layer: LayerPlan) -> str:
    filters, products = layer.output[0], _products(layer)
    return (
        f"Your first block slides {counted(filters, 'kernel')} of {square(layer.kernel)} over the"
        f" {shape(layer.input)} image. Each of the {shape(layer.output)} = {count(prod(layer.output))} values"
        f" that come out is the sum of {counted(products, 'product')}: {magnitude(layer.multiply_adds)}"
        " multiplications with one image."
    )


def stride(subject: Subject) -> list[str]:
    """How far the kernel steps."""
    told = [
        (
            "The stride is how far the kernel moves between two stops. With stride 1 it stops everywhere;"
            " with stride 2 at every other place in every other row, which leaves a quarter of the values"
            " and of the work, and loses detail."
        )
    ]
    convolutions = subject.layers("convolution")
    if not convolutions:
        return told + without_blocks(subject)
    layer = convolutions[0]
    side, padding = layer.input[1], sum(layer.padding)
    other = 2 if layer.stride == 1 else 1
    told.append(
        f"Your first block steps by {layer.stride}: ({side} + {padding} of padding - {layer.kernel} of"
        f" kernel) / {layer.stride}, rounded down, plus 1 is {layer.output[1]} values a side. With stride"
        f" {other} it would be {(side + padding - layer.kernel) // other + 1}."
    )
    wide = [layer.block for layer in convolutions if layer.stride > 1 and layer.block is not None]
    told.append(
        f"Strides above 1: {blocks(wide)}."
        if wide
        else "No block of yours has a stride above 1; pooling is the other way to make maps smaller."
    )
    return told


def padding(subject: Subject) -> list[str]:
    """A border of zeros."""
    told = [
        (
            "A kernel can't stop where part of it would hang over the edge, so without help every"
            " convolution eats the border. Padding lays zeros around the image: the map keeps its size, and"
            " the edges are seen as often as the middle."
        )
    ]
    convolutions = subject.layers("convolution")
    if not convolutions:
        return told + without_blocks(subject)
    layer = convolutions[0]
    before, after = layer.padding
    side = layer.input[1]
    bare = (side - layer.kernel) // layer.stride + 1
    if before + after:
        told.append(
            f"Your first block pads (padding same): {before} above and left, {after} below and right make"
            f" {side} rows {side + before + after}, and a {square(layer.kernel)} kernel with stride"
            f" {layer.stride} leaves {square(layer.output[1])}. Without padding it would be"
            f" {_square_or_nothing(bare)}."
        )
    elif layer.kernel == 1:
        told.append("Your first block has kernels of 1x1, which never hang over: nothing is to be padded.")
    else:
        told.append(
            f"Your first block doesn't pad (padding none): {square(side)} becomes {square(layer.output[1])}."
        )
    bare_blocks = [
        number for number, block in enumerate(subject.config.model.blocks, 1) if block.padding == "none"
    ]
    told.append(f"Without padding: {blocks(bare_blocks)}." if bare_blocks else "All of your blocks pad.")
    return told


def _square_or_nothing(side: int) -> str:
    return square(side) if side > 0 else "nothing: the kernel is larger than the image"


def kernels(subject: Subject) -> list[str]:
    """The numbers nobody writes."""
    told = [
        (
            "People used to work kernels out: -1 0 1 in each row finds vertical edges. In a network nobody"
            f" writes them. They start as random numbers (seed {subject.config.train.seed}), and every step"
            " of training moves each a little to where the error gets smaller. They are the network's"
            " weights, and edge finders are often among what comes of it."
        )
    ]
    convolutions = subject.layers("convolution")
    if not convolutions or subject.layout is None:
        return told + without_blocks(subject)
    layer = convolutions[0]
    kernel_weights = _products(layer) * layer.output[0]
    biases = f" and {counted(layer.output[0], 'bias', 'biases')}" if layer.bias else ""
    told.append(
        f"Your first block has {layer.output[0]} x {layer.input[0]} x {square(layer.kernel)} ="
        f" {counted(kernel_weights, 'kernel weight')}{biases}. All convolutions together have"
        f" {count(sum(layer.weights for layer in subject.layout.layers if layer.kind == 'convolution'))} of"
        f" the network's {counted(subject.layout.weights_of_one, 'weight')}."
    )
    told.append("In the dashboard's palette, `Try it by hand` slides a kernel of your choice.")
    return told


def feature_maps(subject: Subject) -> list[str]:
    """Fewer pixels, more maps."""
    told = [
        (
            "Every kernel makes one feature map. The next block looks for patterns in these maps, so it finds"
            " patterns of patterns: edges first, then corners and bars, then a fist or two raised fingers."
        )
    ]
    if subject.layout is None or not subject.layers("convolution"):
        return told + without_blocks(subject)
    last = subject.layout.block_outputs()[-1]
    told.append(f"Yours, from image to answer: {subject.layout.shape_chain()}.")
    seen, side = subject.layout.receptive_field, subject.image_size
    field = f"{square(seen)} pixels" if seen < side else f"{square(seen)} pixels, more than the whole image"
    told.append(
        f"At the end of the blocks there {'is' if last[0] == 1 else 'are'} {counted(last[0], 'map')} of"
        f" {square(last[1])}, and one value of them depends on {field}."
    )
    return told
