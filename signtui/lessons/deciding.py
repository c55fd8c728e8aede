"""From feature maps to an answer: activation, normalisation, pooling, fully connected layers, softmax."""

from math import prod

from signtui.events import Calibrated
from signtui.lessons.seeing import NO_NETWORK
from signtui.lessons.subject import Subject
from signtui.lessons.words import blocks, counted, listed, shape, square
from signtui.model.layers import LayerPlan
from signtui.render.numbers import count, percent

_FUNCTIONS = {
    "relu": "relu keeps what is above 0 and makes the rest 0",
    "leaky_relu": "leaky_relu keeps what is above 0 and a hundredth of the rest",
    "gelu": "gelu is relu with a soft bend that dips a little below 0",
    "silu": "silu is much the same, a little deeper",
    "tanh": "tanh squeezes everything between -1 and 1",
    "sigmoid": "sigmoid squeezes everything between 0 and 1",
}
_TUTORIAL = ("relu", "sigmoid", "tanh")


def activation(subject: Subject) -> list[str]:
    """The bend between layers."""
    used = list(dict.fromkeys(layer.function for layer in subject.layers("activation")))
    told = [
        (
            "Sums of sums are only a bigger sum: without a bend between them, many layers could do no more"
            " than one. The activation is the bend, made to every value by itself."
        ),
        _capital("; ".join(_FUNCTIONS[name] for name in dict.fromkeys((*_TUTORIAL, *used))))
        + ". Far from 0 sigmoid and tanh are flat, and where a curve is flat a deep network hardly learns:"
        " that is why relu and its kin took over.",
    ]
    if not used:
        return [
            *told,
            NO_NETWORK if subject.layout is None else "This network uses none: all of it is one sum.",
        ]
    first = subject.layers("activation")[0]
    told.append(
        f"Yours uses {listed(used)}; the first is applied to {shape(first.output)} ="
        f" {counted(prod(first.output), 'value')} of each image."
    )
    return told


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def normalisation(subject: Subject) -> list[str]:
    """Maps brought to one scale."""
    told = [
        (
            "From layer to layer values could grow or shrink without end. Normalisation brings every"
            " feature map to mean 0 and deviation 1, over the batch (batch) or over one image (layer), then"
            " gives it a scale and a shift that are learned. Larger learning rates become possible."
        )
    ]
    layers = subject.layers("normalisation")
    if not layers:
        return [*told, NO_NETWORK if subject.layout is None else "Yours has none."]
    weights = sum(layer.weights for layer in layers)
    told.append(
        f"Yours has it in {blocks([layer.block or 0 for layer in layers])}: two numbers a map,"
        f" {counted(weights, 'weight')} in all."
    )
    return told


def pooling(subject: Subject) -> list[str]:
    """Neighbours merged."""
    told = [
        (
            "Pooling merges neighbouring values of a map into one: their largest (max) or their mean"
            " (average). It makes maps smaller, and it no longer matters on which pixel exactly an edge"
            " lies. Max asks whether a pattern is there at all, average how much of it there is."
        )
    ]
    layers = subject.layers("pooling")
    if not layers:
        words = NO_NETWORK if subject.layout is None else "No block of yours pools."
        return [*told, words]
    told.append(_pooled(layers[0]))
    if len(layers) > 1:
        told.append(f"You pool in {blocks([layer.block or 0 for layer in layers])}.")
    if subject.config.model.order == "pool_first" and any(layer.function == "max" for layer in layers):
        told.append(
            "With order pool_first the activation comes after it. Where it only rises, the largest value"
            " before it is the largest after it, and there are fewer values to activate."
        )
    return told


def _pooled(layer: LayerPlan) -> str:
    before, after = prod(layer.input), prod(layer.output)
    return (
        f"In block {layer.block}, {layer.function} pooling with a window of {square(layer.kernel)} and step"
        f" {layer.stride} makes {shape(layer.input)} = {counted(before, 'value')} into"
        f" {shape(layer.output)} = {count(after)}."
    )


def global_pooling(subject: Subject) -> list[str]:
    """One value a map, or all of them."""
    told = [
        (
            "After the blocks it hardly matters where in the image a pattern was, only whether. Global"
            " pooling keeps one value of each map: its mean (global average pooling) or its largest. The"
            " other way is to flatten: every value of every map goes on, which needs many more weights."
        )
    ]
    if subject.layout is None:
        return [*told, NO_NETWORK]
    layer = next(layer for layer in subject.layout.layers if layer.kind in {"global_pooling", "flatten"})
    values, maps = prod(layer.input), layer.input[0]
    if layer.kind == "flatten":
        told.append(
            f"Your head flattens {shape(layer.input)} to {counted(values, 'value')}; global pooling would"
            f" leave {count(maps)}."
        )
    else:
        how = "largest value" if layer.function == "max" else "mean"
        told.append(
            f"Your head takes each map's {how}: {shape(layer.input)} = {counted(values, 'value')} become"
            f" {count(maps)}."
        )
    return told


def fully_connected(subject: Subject) -> list[str]:
    """Everything with everything."""
    told = [
        (
            "In a fully connected (linear) layer every output is a sum over all inputs, each times a weight"
            " of its own, plus a bias. The convolutions found what is in the image; this layer says how"
            " much each finding speaks for each letter. What comes out last is one number a class, a logit."
        )
    ]
    layers = subject.layers("linear")
    if not layers:
        return [*told, NO_NETWORK]
    told += [f"{_capital(layer.name)}: {_weighted(layer)}." for layer in layers[:-1]]
    told.append(f"Your last one: {_weighted(layers[-1])}.")
    if subject.layout is not None:
        share = sum(layer.weights for layer in layers) / subject.layout.weights_of_one
        told.append(f"That is {percent(share)} of the network's weights in its linear layers.")
    return told


def _weighted(layer: LayerPlan) -> str:
    inputs, outputs = layer.input[0], layer.output[0]
    return (
        f"{count(inputs)} inputs x {counted(outputs, 'output')} + {counted(outputs, 'bias', 'biases')} ="
        f" {counted(layer.weights, 'weight')}"
    )


def _temperature(found: Calibrated) -> list[str]:
    if found.temperature == 1:
        return []
    way = "less sure" if found.temperature > 1 else "surer"
    return [
        (
            f"This run divides its logits by {found.temperature:.2f} first, its temperature: that makes it"
            f" {way} and changes no guess. Why it does is told under Calibration."
        )
    ]


def softmax(subject: Subject) -> list[str]:
    """Logits to shares."""
    told = [
        (
            "The network's answer is one number a class, the logits: the larger, the likelier. Softmax"
            " makes them probabilities: e to the power of each, divided by the sum of all these, so that"
            " they are positive and add up to 100 %. The guess is the class with the most."
        ),
        (
            f"Whoever guesses blindly among {counted(subject.classes, 'class', 'classes')} is right once in"
            f" {subject.classes}."
        ),
    ]
    if subject.layout is not None and subject.layout.networks > 1:
        told.append(
            f"Yours are {subject.layout.networks} networks that learn side by side from other first weights."
            " Each is wrong in its own way, so the mean of their probabilities is right more often than any"
            " one of them is."
        )
    state = subject.state
    if state is not None and state.epochs and state.epochs[-1].calibration is not None:
        told += _temperature(state.epochs[-1].calibration)
    if state is None or state.samples is None or state.guesses is None or state.data is None:
        return told
    truths, found = state.samples.truths, state.guesses.guesses
    sure = state.guesses.confidences
    pairs = list(zip(truths, found, strict=False))
    right = sum(truth == guess for truth, guess in pairs)
    told.append(
        f"Of the {counted(len(pairs), 'image')} that this run watches, it now reads {count(right)} right."
    )
    if pairs:
        index = max(range(len(pairs)), key=sure.__getitem__)
        told.append(
            f"It is surest of an image of {state.data.classes[truths[index]]}: it says"
            f" {state.data.classes[found[index]]}, with {percent(sure[index])}."
        )
    return told
