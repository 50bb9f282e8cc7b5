"""What is compared with what."""

from collections.abc import Iterable

OURS = "ours"
INFERENCE = [
    "identity", "lenet", "keras_cnn", "mlp", "rnn", "lstm", "gru", "headline", "resnet8", "attention",
    "audio_lstm", "audio_gru", "audio_tcn", "audio_dense",
]  # fmt: skip
"""The networks; `identity` computes next to nothing, so that its time is that of a call."""
LOOPS = ["rnn", "lstm", "gru", "headline"]
"""Those that LiteRT's converter turns into loops, unless Keras unrolls them."""
TRAINING = ["lenet:32", "lenet:128", "keras_cnn:32", "mlp:128", "lstm:32", "gru:32"]
"""Networks and their batches."""
RANDOM = ["train:mlp:128"]
"""With dropout, each engine draws its own random numbers: there are no losses to compare."""
PEERS = {
    "infer": ["onnxruntime", "litert", "litert-unrolled", "openvino", "keras", "tract", "candle", "burn"],
    "train": ["keras", "keras-jit", "torch", "candle", "burn"],
}
FORMS = {
    "litert-unrolled": LOOPS,
    "tract": [network for network in INFERENCE if network != "rnn"],
    "candle": ["identity", "lenet", "keras_cnn", "mlp", "lstm", "gru", "attention"],
    "burn": ["lenet", "keras_cnn", "mlp", "lstm", "gru"],
}
"""The networks of engines that do not get all; `README.md` says why."""
RUST = ["tract", "candle", "burn"]
"""Those with a worker in `rust/`; the others' is `worker.py`."""


def names(what: str) -> list[str]:
    """The jobs of a table."""
    return [f"{what}:{job}" for job in {"infer": INFERENCE, "train": TRAINING}[what]]


def peers(job: str, engines: Iterable[str]) -> list[str]:
    """Those of the engines that have a form of the job."""
    what, network, *_ = job.split(":")
    known = [engine for engine in PEERS[what] if engine in engines]
    return [engine for engine in known if network in FORMS.get(engine, [network])]
