"""Random networks for property tests: every setting of a block and of the head, small enough to build."""

from typing import get_args

from hypothesis import strategies as st

from signtui.config.schema import Activation, Block, Head, ModelSettings, Normalisation, Pooling

blocks = st.builds(
    Block,
    filters=st.integers(1, 6),
    kernel=st.integers(1, 6),
    stride=st.sampled_from((1, 1, 2, 3)),
    padding=st.sampled_from(("same", "same", "none")),
    activation=st.sampled_from(get_args(Activation)),
    pooling=st.sampled_from(get_args(Pooling)),
    pool_size=st.integers(1, 3),
    pool_stride=st.integers(0, 3),
    normalisation=st.sampled_from(get_args(Normalisation)),
    dropout=st.sampled_from((0.0, 0.0, 0.3)),
    residual=st.booleans(),
)

heads = st.builds(
    Head,
    pooling=st.sampled_from(("flatten", "average", "max")),
    hidden=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    activation=st.sampled_from(get_args(Activation)),
    dropout=st.sampled_from((0.0, 0.3)),
)

models = st.builds(
    ModelSettings,
    order=st.sampled_from(("pool_first", "activation_first")),
    blocks=st.lists(blocks, max_size=4).map(tuple),
    head=heads,
    ensemble=st.sampled_from((1, 1, 1, 3)),
)
