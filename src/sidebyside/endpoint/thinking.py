"""What a model thinks before it answers, set apart from the answer: pages score the answer alone.

Endpoints send it in five ways: in a field of the message, whose name differs; as a part of a content in parts; between tags at
the head of the text; before a closing tag whose opening one the chat template wrote; and not at all, with a number in the account.
"""

from __future__ import annotations

import re
from typing import Any

FIELDS = ("reasoning_content", "reasoning", "thinking")  # DeepSeek, vLLM and llama.cpp; OpenRouter, Groq and Ollama; others
NAMES = "think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|seed:think"
OPENS = r"<\|begin_of_thought\|>|<\|START_THINKING\|>|<\|channel>thought\b|<unused94>thought\b"  # Sky-T1, Cohere, Gemma, MedGemma
CLOSES = r"<\|end_of_thought\|>|<\|END_THINKING\|>|<channel\|>|<unused95>"
TAG = re.compile(  # Qwen and others, ByteDance, Kimi; Mistral
    rf"[<◁](?P<close>/?)(?:{NAMES})[>▷]|\[(?P<shut>/?)THINK\]|(?P<end>{CLOSES})|(?:{OPENS})", re.IGNORECASE
)
BEGINNINGS = ("<think>", "<thinking>", "<thought>", "<reasoning>", "<seed:think>", "[THINK]", "◁think▷", "<|channel|>", "<|channel>", "<unused94>")
HARMONY = re.compile(  # gpt-oss, unparsed; the second form without its special tokens
    r"\s*(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary)\b.*?<\|message\|>|\s*analysis(?=[A-Z])", re.DOTALL
)
FINAL = re.compile(r"(?:<\|end\|>\s*)?(?:<\|start\|>assistant)?<\|channel\|>final\b.*?<\|message\|>|assistantfinal", re.DOTALL)
WRAPPED = re.compile(  # what the answer itself may stand in, after thinking
    r"(?P<open><answer>|<\|begin_of_solution\|>|<\|START_RESPONSE\|>)\s*(?P<text>.*?)\s*"
    r"(?:</answer>|<\|end_of_solution\|>|<\|END_RESPONSE\|>)?\s*",
    re.DOTALL,
)
KINDS = {"text": "text", "output_text": "text", "thinking": "thinking", "reasoning": "thinking"}
LENGTHS = ("length", "max_tokens", "max_output_tokens")


def set_thinking_apart(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message whose content is the answer alone; what was thought before it is in `reasoning_content`.

    A message without thinking, or whose content is no text, is returned as it is.

    Args:
        message: A message of a chat answer.
    """
    content = message.get("content")
    told = next((text for name in FIELDS if (text := message.get(name)) and isinstance(text, str)), "")
    parts = _of_parts(content) if isinstance(content, list) else None
    if parts:
        content, thought = parts
    elif isinstance(content, str):
        thought, content = _apart(content)
    else:
        thought = ""
    if not (told or thought or parts):
        return message | {"content": content} if isinstance(content, str) else message  # an empty thought leaves blank lines
    rest = {name: value for name, value in message.items() if name not in FIELDS}
    known = "\n\n".join(text for text in (told, thought) if text)
    return rest | {"content": content} | ({"reasoning_content": known} if known else {})


def _of_parts(parts: list[Any]) -> tuple[str, str] | None:
    """Return answer and thinking of a content in parts, as Mistral sends it; None if a part is of another kind."""
    texts: dict[str, list[str]] = {"text": [], "thinking": []}
    for part in parts:
        kind = KINDS.get(str(part.get("type"))) if isinstance(part, dict) else None
        if kind is None:
            return None
        inner = part.get(kind) or part.get("text")
        pieces = [inner] if isinstance(inner, str) else [item.get("text") for item in inner or [] if isinstance(item, dict)]
        texts[kind] += [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts["text"]).lstrip(), "".join(texts["thinking"]).strip()


def _apart(text: str) -> tuple[str, str]:
    """Return thinking and answer of a text."""
    if start := HARMONY.match(text):
        final = FINAL.search(text, start.end())
        return (
            (text[start.end() : final.start()].strip(), text[final.end() :].removesuffix("<|return|>"))
            if final
            else (text[start.end() :].strip(), "")
        )
    end = _end_of_thinking(text)
    if not end:
        return "", text
    answer = text[end:].lstrip()
    wrapped = WRAPPED.fullmatch(answer)
    return TAG.sub("", text[:end]).strip(), wrapped["text"] if wrapped else answer


def may_begin_thinking(text: str) -> bool:
    """Tell whether a text that was cut off is nothing but the beginning of a tag behind which a model thinks.

    Args:
        text: The content of an answer, perhaps of a single token.
    """
    begun = text.strip()
    return bool(begun) and any(tag.startswith(begun) for tag in BEGINNINGS)


def _end_of_thinking(text: str) -> int:
    """Return where the answer begins: after the tag that closes the thinking at the head; at the end of the text if none does."""
    tags = [tag for tag in TAG.finditer(text) if text[max(0, tag.start() - 1) : tag.start()] != "`"]  # a word about a tag is no tag
    closes = [tag for tag in tags if _shuts(tag)]
    headed = bool(tags) and not _shuts(tags[0]) and _begins_line(text, tags[0])
    if not (headed or len(closes) > len(tags) - len(closes)):
        return 0
    depth, end = (0 if headed else 1), 0
    for tag in tags:
        if end and depth == 0 and text[end : tag.start()].strip():
            break  # the answer itself has begun
        depth = max(0, depth + (-1 if _shuts(tag) else 1))
        end = tag.end() if depth == 0 else end
    return end or (closes[-1].end() if closes else len(text))


def _shuts(tag: re.Match[str]) -> bool:
    return bool(tag["close"] or tag["shut"] or tag["end"])


def _begins_line(text: str, tag: re.Match[str]) -> bool:
    """Tell whether a tag stands at the head of the text, or on a line of its own after a word or two and closed again."""
    before = text[: tag.start()]
    return not before.strip() or (before.endswith("\n") and any(_shuts(later) for later in TAG.finditer(text, tag.end())))


def choice_apart(choice: dict[str, Any]) -> dict[str, Any]:
    """Return a choice with the thinking of its message apart, and only the answer's tokens among its log-probabilities.

    Log-probabilities in which the answer is not found again are taken away: nothing may be read from a thought's tokens, also where the
    endpoint shows no thought.

    Args:
        choice: A choice of a chat answer.
    """
    message = choice.get("message")
    if not isinstance(message, dict):
        return choice
    message = set_thinking_apart(message)
    choice = choice | {"message": message}
    told, answer = choice.get("logprobs"), message.get("content")
    if not (isinstance(told, dict) and isinstance(told.get("content"), list) and isinstance(answer, str | None)):
        return choice
    tokens = [token for token in told["content"] if isinstance(token, dict) and isinstance(token.get("token"), str)]
    if len(tokens) < len(told["content"]):
        return choice  # whoever reads it finds that it cannot be read
    spelled = [token["token"] for token in tokens]
    if "reasoning_content" in message or not _may_spell(spelled, answer or ""):
        kept = tokens[_start_of(spelled, answer or "") :]
        choice["logprobs"] = told | {"content": kept} if kept else None
    return choice


def _may_spell(spelled: list[str], answer: str) -> bool:
    """Tell whether tokens may spell an answer, or a part of it: tokens of parts of characters and of blanks are written in many ways."""
    said, text = _letters(answer), "".join(spelled)
    return bool(re.search(r"\\x|<0x|bytes:|\ufffd", text)) or not said or _letters(text) in said or _letters(text).startswith(said)


def _letters(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)


def _start_of(spelled: list[str], answer: str) -> int:
    """Return the place of the first token of an answer at the end of a text; after the last where the text does not end in it."""
    text, answer = "".join(spelled), answer.strip()
    at, begin = text.rfind(answer), 0
    rest = re.sub(r"<[^<>\s]*>|\[\w+\]", "", text[at + len(answer) :])  # a sign that the answer ends is none of its words
    if at < 0 or not answer or _letters(rest):
        return len(spelled)
    for place, text in enumerate(spelled):
        if begin + len(text) > at:
            return place
        begin += len(text)
    return len(spelled)


def tokens_of_thinking(answer: dict[str, Any]) -> int | None:
    """Return how many tokens of an answer were thinking, where its account says so; None if it does not.

    Args:
        answer: The body of a chat answer.
    """
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return None
    details = usage.get("completion_tokens_details") or usage.get("output_tokens_details")
    told = _number(details.get("reasoning_tokens") if isinstance(details, dict) else usage.get("reasoning_tokens"))
    total, question, output = (_number(usage.get(name)) for name in ("total_tokens", "prompt_tokens", "completion_tokens"))
    if told is None and total is not None and question is not None and output is not None:
        return max(0, total - question - output) or None  # Google counts thoughts in the total alone
    return told


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
