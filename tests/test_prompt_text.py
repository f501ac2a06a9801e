"""What an embedded model reads: the course's own filling of the chat template, and the model's server's."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sidebyside import embedded, weights
from sidebyside.models import MAIN, MODELS, SMALL, Model
from sidebyside.tokens import prompt_text


def chat(*turns: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in turns]


CHATS = {
    "no system message": chat(("user", "Hi  there\n")),
    "one of ours": chat(("system", "Be brief."), ("user", "Hi")),
    "an empty one": chat(("system", ""), ("user", "é <|im_end|>")),
    "one that comes late": chat(("user", "a"), ("system", "b")),
    "examples": chat(("user", "a"), ("assistant", "b"), ("user", "c")),
    "an answer that is begun": chat(("user", "a"), ("assistant", "It is ")),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.nickname)
def test_a_chat_without_a_system_message_gets_the_makers_own(model: Model) -> None:
    told = chat(("user", "Hello"))
    text = prompt_text(told, model.name)
    assert text == f"<|im_start|>system\n{model.system}<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    assert model.system and told == chat(("user", "Hello")), "the chat stays as it was"
    assert model.system not in (prompt_text(CHATS["one of ours"], model.nickname) or model.system)


def test_what_a_model_elsewhere_reads_nobody_knows() -> None:
    assert prompt_text(CHATS["no system message"], "gpt-9") is None


@pytest.mark.live
@pytest.mark.parametrize("model", [SMALL, MAIN], ids=lambda model: model.nickname)
def test_the_model_s_own_server_fills_the_template_in_the_same_way(model: Model) -> None:
    try:
        weights.find_weights(model)
    except weights.WeightsError:
        pytest.skip(f"{model.file} is not on this machine")
    asked = replace(model, threads=1, context=512, name=f"{model.nickname}-for-its-template")
    try:
        for name, messages in CHATS.items():
            answer = embedded.exchange(asked, "POST", "/apply-template", json.dumps({"messages": messages}).encode())
            assert json.loads(b"".join(embedded.pieces(asked, answer)))["prompt"] == prompt_text(messages, model.name), name
    finally:
        with embedded._lock:
            embedded._forget(asked)
