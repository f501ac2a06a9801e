"""Endpoints that refuse what pages ask: each function imitates one refusal of a real endpoint, with that endpoint's own body.

Sources: the endpoints' documentation and reports in public issue trackers, named beside each group.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.scripted import Quirk, Reply, chat
from tests.zoo.kit import Check, endpoint_that

Fields = dict[str, Any]
ASKED_JSON = "Answer with JSON"


# --- how the zoo's models answer --------------------------------------------------------------------------------------


def words_of(fields: Fields) -> str:
    return " ".join(str(message.get("content")) for message in fields.get("messages", []))


def text_for(fields: Fields) -> str:
    """Answer in the form that a request asks for: JSON where it must be, JSON in a fence where the message alone asks, else a word."""
    if fields.get("response_format", {}).get("type") in ("json_schema", "json_object"):
        return '{"answer": "happy"}'
    return 'Here it is:\n```json\n{"answer": "happy"}\n```' if ASKED_JSON in words_of(fields) else "happy"


def token(text: str, likeliest: int) -> Fields:
    tops = [{"token": text if n == 0 else f"t{n}", "logprob": -0.1 - n, "bytes": None} for n in range(likeliest)]
    return {"token": text, "logprob": -0.1, "bytes": None, "top_logprobs": tops}


def answer(fields: Fields) -> Reply:
    text = text_for(fields)
    if "prompt" in fields:
        return Reply({"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [{"index": 0, "text": text}]})
    body = chat(text)
    if fields.get("logprobs"):
        body["choices"][0]["logprobs"] = {"content": [token(text, fields.get("top_logprobs", 0))]}
    return Reply(body)


# --- how refusals are worded ------------------------------------------------------------------------------------------


def openai(message: str, param: str | None = None, code: str | None = None, status: int = 400, kind: str = "invalid_request_error") -> Reply:
    return Reply({"error": {"message": message, "type": kind, "param": param, "code": code}}, status)


def google(message: str, wrapped: bool = True) -> Reply:
    violations = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"description": message}]}]
    body = {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": violations}}
    return Reply([body] if wrapped else body, 400)


def pydantic(option: str, value: Any, message: str = "Extra inputs are not permitted", kind: str = "extra_forbidden") -> list[Fields]:
    return [{"type": kind, "loc": ["body", option], "msg": message, "input": value}]


def openrouter(inner: Any, provider: str = "Azure") -> Reply:
    raw = inner if isinstance(inner, str) else json.dumps(inner, indent=2)
    metadata = {"raw": raw, "provider_name": provider}
    return Reply({"error": {"message": "Provider returned error", "code": 400, "metadata": metadata}, "user_id": "org_2x"}, 400)


def litellm(message: str, status: int = 400) -> Reply:
    return Reply({"error": {"message": message, "type": None, "param": None, "code": str(status)}}, status)


def vllm(message: str, status: int = 400) -> Reply:
    return Reply({"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": status}, status)


def llamacpp(message: str, status: int = 500) -> Reply:
    return Reply({"error": {"code": status, "message": message, "type": "server_error" if status == 500 else "invalid_request_error"}}, status)


def option(name: str, reply: Callable[[Any], Reply], unless: Callable[[Any], bool] = lambda value: False) -> Check:
    """Refuse one option, unless its value is fine."""
    return lambda fields: reply(fields[name]) if name in fields and not unless(fields[name]) else None


def form(*types: str, reply: Callable[[str], Reply]) -> Check:
    """Refuse response formats."""
    return lambda fields: reply(kind) if (kind := fields.get("response_format", {}).get("type")) in types else None


def keyword(word: str, reply: Reply) -> Check:
    """Refuse a keyword of a JSON schema."""
    return lambda fields: reply if f'"{word}"' in json.dumps(fields.get("response_format", {}).get("json_schema", {}).get("schema")) else None


def roles(fields: Fields) -> list[str]:
    return [message["role"] for message in fields.get("messages", [])]


def no_system(reply: Reply) -> Check:
    return lambda fields: reply if {"system", "developer"} & set(roles(fields)) else None


def alternating(reply: Reply) -> Check:
    """Refuse any order but user, assistant, user …, and a system message with it."""
    return lambda fields: reply if any(role != ("user", "assistant")[n % 2] for n, role in enumerate(roles(fields))) else None


def no_beginning(reply: Reply, but: Callable[[Fields], Any] = lambda last: False) -> Check:
    """Refuse a last message of the assistant's."""
    return lambda fields: reply if roles(fields)[-1:] == ["assistant"] and not but(fields["messages"][-1]) else None


def jinja(said: str) -> str:
    shown = "\n------------\nWhile executing CallExpression at line 1, column 20 in source:\n{{ raise_exception('…') }}\n     ^\n"
    return f"{shown}Error: Jinja Exception: {said}"


# --- OpenAI: GPT-5 and the o-models (github.com/openai/openai-python; many reports, 2024–2026) -------------------------

NO_LIMIT = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
ONLY_ONE = "Unsupported value: 'temperature' does not support {value} with this model. Only the default (1) value is supported."


def unsupported(name: str) -> Reply:
    return openai(f"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter")


max_tokens = option("max_tokens", lambda _: openai(NO_LIMIT, "max_tokens", "unsupported_parameter"))
temperature = option("temperature", lambda v: openai(ONLY_ONE.format(value=v), "temperature", "unsupported_value"), lambda v: v == 1)
seed = option("seed", lambda _: unsupported("seed"))
logprobs = option("logprobs", lambda _: unsupported("logprobs"))
top_logprobs = option("top_logprobs", lambda _: unsupported("top_logprobs"))
logprobs_403 = option("logprobs", lambda _: openai("You are not allowed to request logprobs from this model", status=403))
o1_system = no_system(
    openai("Unsupported value: 'messages[0].role' does not support 'system' with this model.", "messages[0].role", "unsupported_value")
)
at_least_16 = option(
    "max_tokens",
    lambda v: openai(
        f"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got {v} instead.",
        "max_output_tokens",
        "integer_below_min_value",
    ),
    lambda v: v >= 16,
)
at_most_5 = option(
    "top_logprobs",
    lambda v: openai(
        f"Invalid 'top_logprobs': integer above maximum value. Expected a value <= 5, but got {v} instead.", "top_logprobs", "integer_above_max_value"
    ),
    lambda v: v <= 5,
)
too_cold = option("temperature", lambda _: openai("`temperature` must be strictly positive"), lambda v: v > 0)
no_max_length = keyword(
    "maxLength",
    openai("Invalid schema for response_format 'fields': In context=('properties', 'product'), 'maxLength' is not permitted.", "response_format"),
)
no_schema_o1 = form(
    "json_schema",
    reply=lambda kind: openai(
        f"Invalid parameter: 'response_format' of type '{kind}' is not supported with this model. "
        "Learn more about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs",
        None,
    ),
)
no_format = option("response_format", lambda _: unsupported("response_format"))
gpt5 = endpoint_that(max_tokens, temperature, seed, logprobs, top_logprobs, answer=answer)


def strict_schema(fields: Fields) -> Reply | None:
    """Refuse a strict schema in which a field is optional."""
    inner = fields.get("response_format", {}).get("json_schema", {})
    message = "Invalid schema for response_format 'foo': In context=(), 'required' is required to be supplied and to be an array including every key."
    return openai(message, "response_format") if inner.get("strict") else None


def json_word(fields: Fields) -> Reply | None:
    message = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    silent = "json" not in words_of(fields).lower()
    return openai(message, "messages") if fields.get("response_format") == {"type": "json_object"} and silent else None


# --- Azure (lobehub/lobehub#5909, promptfoo/promptfoo#3781) -----------------------------------------------------------


def azure(message: str, param: str, code: str = "unsupported_parameter") -> Reply:
    stack = '  File "/usr/local/bin/gunicorn", line 8, in <module>\n    sys.exit(run()) temperature seed messages'
    return Reply({"error": {"code": code, "type": "invalid_request_error", "param": param, "message": message, "callstack": stack}}, 400)


azure_gpt5 = endpoint_that(
    option("max_tokens", lambda _: azure(NO_LIMIT, "max_tokens")),
    option("temperature", lambda v: azure(ONLY_ONE.format(value=v), "temperature", "unsupported_value"), lambda v: v == 1),
    option("logprobs", lambda _: azure("Unsupported parameter: 'logprobs' is not supported with this model.", "logprobs")),
    answer=answer,
)
azure_old = option("seed", lambda _: openai("Unrecognized request argument supplied: seed"))
azure_mistral = option("seed", lambda v: Reply({"error": {"code": "Invalid input", "message": json.dumps({"detail": pydantic("seed", v)})}}, 422))


# --- Anthropic by its compatible route (anthropics/claude-code, langchain-ai/langchain#36611) --------------------------


def anthropic(message: str) -> Reply:
    return Reply({"error": {"code": "invalid_request_error", "message": message, "type": "invalid_request_error", "param": None}}, 400)


no_prefill = no_beginning(
    Reply(
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "This model does not support assistant message prefill. The conversation must end with a user message.",
            },
            "request_id": "req_011",
        },
        400,
    )
)
old_temperature = option("temperature", lambda _: anthropic("`temperature` is deprecated for this model."))
hot_temperature = option("temperature", lambda v: anthropic("temperature: range: 0..1"), lambda v: v <= 1)


# --- Google by its compatible route (musistudio/claude-code-router#187, mscraftsman/generative-ai#135) -----------------


def unknown_to_google(name: str, at: str = "") -> Reply:
    return google(f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.')


google_seed = option("seed", lambda _: unknown_to_google("seed"))
google_logprobs = option("logprobs", lambda _: google("Logprobs is not enabled for models/gemini-2.5-flash", wrapped=False))
google_all = endpoint_that(
    option("logprobs", lambda _: unknown_to_google("logprobs")),
    option("top_logprobs", lambda _: unknown_to_google("top_logprobs")),
    google_seed,
    answer=answer,
)
google_schema = keyword("additionalProperties", unknown_to_google("additionalProperties", " at 'generation_config.response_schema'"))
gemma_on_google = no_system(google("Developer instruction is not enabled for models/gemma-3-27b-it"))
google_turns = no_beginning(google("Please ensure that single turn requests end with a user role or the role field is empty."))


# --- Mistral (mistralai/platform-docs-public#7, editor-code-assistant/eca#231, huggingface/smolagents#757) -------------


def mistral(option: str, value: Any, told: Callable[[list[Fields]], Any] = lambda detail: {"detail": detail}) -> Reply:
    body = {"object": "error", "message": told(pydantic(option, value)), "type": "invalid_request_error", "param": None, "code": None}
    return Reply(body, 422)


mistral_seed = option("seed", lambda v: mistral("seed", v))
mistral_no_seed = endpoint_that(mistral_seed, option("random_seed", lambda v: mistral("random_seed", v)), answer=answer)
mistral_text = option("seed", lambda v: mistral("seed", v, lambda detail: json.dumps({"detail": detail})))
mistral_logprobs = endpoint_that(
    option("logprobs", lambda v: Reply({"detail": pydantic("logprobs", v)}, 422)),
    option("top_logprobs", lambda v: Reply({"detail": pydantic("top_logprobs", v)}, 422)),
    answer=answer,
)
mistral_last = no_beginning(
    Reply(
        {
            "object": "error",
            "message": "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        },
        400,
    ),
    but=lambda last: last.get("prefix"),
)


# --- OpenRouter (reVrost/go-openrouter#21, vectorize-io/hindsight#58) --------------------------------------------------

router_limit = option(
    "max_tokens",
    lambda v: openrouter(
        {
            "error": {
                "message": f"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got {v} instead.",
                "type": "invalid_request_error",
                "param": "max_output_tokens",
                "code": "integer_below_min_value",
            }
        }
    ),
    lambda v: v >= 16,
)
router_temperature = option("temperature", lambda v: openrouter({"error": {"message": ONLY_ONE.format(value=v), "param": "temperature"}}, "OpenAI"))
router_words = option("logprobs", lambda _: openrouter("logprobs is not supported by this provider", "Fireworks"))
router_inside_200 = option("seed", lambda _: Reply({"error": {"message": "Unsupported parameter: 'seed'", "code": 400}, "user_id": "org_2x"}, 200))


# --- servers of one's own: vLLM, llama.cpp, Ollama, LM Studio, TGI, SGLang ---------------------------------------------

LLAMA_SAYS = "System role not supported"
ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."
vllm_gemma = no_system(vllm(LLAMA_SAYS))
vllm_alternate = alternating(vllm(ALTERNATE))
vllm_logprobs = option("top_logprobs", lambda v: vllm(f"Requested sample logprobs of {v}, which is greater than max allowed: 5"), lambda v: v <= 5)
vllm_prefill = no_beginning(
    vllm("Cannot set `add_generation_prompt` to True when the last message is from the assistant. Consider using `continue_final_message` instead.")
)
vllm_grammar = form("json_schema", reply=lambda _: vllm("The provided JSON schema contains features not supported by xgrammar."))
llamacpp_gemma = no_system(llamacpp(jinja(LLAMA_SAYS)))
llamacpp_alternate = alternating(
    llamacpp(
        jinja("After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.")
    )
)
llamacpp_thinking = no_beginning(llamacpp("Assistant response prefill is incompatible with enable_thinking.", 400))
llamacpp_schema = form("json_schema", reply=lambda _: llamacpp("JSON schema conversion failed: Unrecognized schema: {}", 400))
ollama_gemma = no_system(Reply({"error": {"message": f"template: :1: {LLAMA_SAYS}", "type": "api_error", "param": None, "code": None}}, 500))
lm_studio = form("json_object", reply=lambda _: Reply({"error": "'response_format.type' must be 'json_schema' or 'text'"}, 400))
lm_studio_old = form("json_schema", "json_object", reply=lambda _: Reply({"error": "'response_format.type' must be 'text'"}, 400))
tgi_cold = option(
    "temperature",
    lambda _: Reply({"error": "Input validation error: `temperature` must be strictly positive", "error_type": "validation"}, 422),
    lambda v: v > 0,
)
tgi_schema = form(
    "json_schema",
    "json_object",
    reply=lambda kind: Reply(
        "Failed to deserialize the JSON body into the target type: response_format: "
        + (f"unknown variant `{kind}`, expected `json` or `regex` at line 1 column 90" if kind == "json_schema" else "missing field `value`"),
        422,
        kind="text/plain",
    ),
)
tgi_likely = option(
    "top_logprobs", lambda _: Reply({"error": "Input validation error: `top_n_tokens` or top_logprobs must be >= 0 and <= 5"}, 422), lambda v: v <= 5
)
sglang_500 = no_system(Reply(f"Internal Server Error: jinja2.exceptions.TemplateError: {LLAMA_SAYS}", 500, kind="text/plain"))


# --- gateways and others: LiteLLM, Groq, DeepSeek, Qwen, Cohere, GigaChat -----------------------------------------------

DROP = (
    "To drop these, set `litellm.drop_params=True` or for proxy:\n\n`litellm_settings:\n drop_params: true`\n. \n "
    "If you want to use these params dynamically send allowed_openai_params={names} in your request."
)


def litellm_refuses(*names: str) -> Check:
    def check(fields: Fields) -> Reply | None:
        there = [name for name in names if name in fields]
        said = f"litellm.UnsupportedParamsError: anthropic does not support parameters: {there}, for model=claude-3. {DROP.format(names=there)}"
        return litellm(said) if there else None

    return check


litellm_all = endpoint_that(litellm_refuses("seed", "logprobs", "top_logprobs", "temperature"), answer=answer)
litellm_gpt5 = option(
    "temperature",
    lambda v: litellm(
        f"litellm.UnsupportedParamsError: gpt-5-nano doesn't support temperature={v} while reasoning is active. Only temperature=1 is supported. "
        "To drop unsupported params set `litellm.drop_params = True`No fallback model group found for lookup_groups=gpt-5."
    ),
)
litellm_500 = option(
    "seed", lambda v: litellm(f"ollama does not support parameters: {{'seed': {v}}}, for model=llama3:latest.\n\nNumber Retries = 1", 500)
)
litellm_azure = option(
    "max_tokens", lambda _: litellm(f"litellm.BadRequestError: AzureException BadRequestError - {NO_LIMIT}. Received Model Group=gpt-5")
)
groq_schema = form(
    "json_schema",
    reply=lambda kind: openai(f"This model does not support response format `{kind}`. See supported models at the documentation", "response_format"),
)
GROQ_SAYS = "invalid schema for response format: response_format/json_schema/answer: maxLength is not supported"
groq_keyword = keyword("maxLength", Reply({"error": {"message": GROQ_SAYS, "type": "invalid_request_error"}}, 400))
groq_logprobs = option("logprobs", lambda _: openai("property 'logprobs' is unsupported, did you mean 'stop'?"))
deepseek_schema = form("json_schema", reply=lambda _: openai("This response_format type is unavailable now", None, "invalid_request_error"))
deepseek_422 = form(
    "json_schema",
    reply=lambda kind: Reply(
        f"Failed to deserialize the JSON body into the target type: response_format: response_format.type `{kind}` is unavailable now at line 1",
        422,
        kind="text/plain",
    ),
)
deepseek_logprobs = option(
    "logprobs", lambda _: openai("deepseek-reasoner does not support the parameter `logprobs`, `top_logprobs`", None, "invalid_request_error")
)
qwen_likely = option(
    "top_logprobs",
    lambda _: openai("<400> InternalError.Algo.InvalidParameter: Range of top_logprobs should be [0, 5]", None, "invalid_parameter_error"),
    lambda v: v <= 5,
)
cohere_likely = option("top_logprobs", lambda _: Reply({"id": "c1", "message": "invalid request: top_logprobs is not a supported parameter"}, 422))
gigachat_cold = option(
    "temperature", lambda _: Reply({"status": 422, "message": "Invalid params: temperature must be in range (0, +inf)"}, 422), lambda v: v > 0
)
AWS_SAYS = "Malformed input request: #: extraneous key [seed] is not permitted, please reformat your input and try again."
aws_seed = option("seed", lambda _: Reply({"message": AWS_SAYS}, 400))
not_implemented = option("logprobs", lambda _: Reply({"detail": "logprobs not implemented"}, 501))
not_found = option("seed", lambda _: openai("No endpoints found that support the use of 'seed'. To learn more, see the routing guide.", status=404))


# --- models that think --------------------------------------------------------------------------------------------------


def thinker(needs: int, told: Callable[[Fields, str], None], text: str = "happy") -> Quirk:
    """A model that thinks for `needs` tokens before it answers, within the limit that it gets."""

    def quirk(fields: Fields) -> Reply:
        limit = fields.get("max_completion_tokens", fields.get("max_tokens", 100_000))
        done = limit >= needs + 5
        body = chat(text if done else "", tokens_out=needs + 5 if done else limit)
        body["choices"][0]["finish_reason"] = "stop" if done else "length"
        told(body, "Okay, the writer sounds happy." if done else "Okay, the writer sou")
        return Reply(body)

    return endpoint_that(answer=quirk)


def hidden(body: Fields, thought: str) -> None:
    """OpenAI: a number in the account alone."""
    used = body["usage"]["completion_tokens"]
    body["usage"]["completion_tokens_details"] = {"reasoning_tokens": used - 5 if body["choices"][0]["message"]["content"] else used}


def in_field(name: str) -> Callable[[Fields, str], None]:
    """DeepSeek, vLLM, llama.cpp, LM Studio: reasoning_content. OpenRouter, Groq, Ollama: reasoning."""

    def told(body: Fields, thought: str) -> None:
        body["choices"][0]["message"] |= {name: thought}

    return told


def in_tags(opened: str, closed: str) -> Callable[[Fields, str], None]:
    """Servers without a parser for thinking: tags in the text, the first of which the template may have written."""

    def told(body: Fields, thought: str) -> None:
        message = body["choices"][0]["message"]
        message["content"] = f"{opened}{thought}{closed}\n\n{message['content']}" if message["content"] else f"{opened}{thought}"

    return told


def in_parts(body: Fields, thought: str) -> None:
    """Mistral: a part of the content."""
    message = body["choices"][0]["message"]
    text = [{"type": "text", "text": message["content"]}] if message["content"] else []
    message["content"] = [{"type": "thinking", "thinking": [{"type": "text", "text": thought}]}, *text]


def in_total(body: Fields, thought: str) -> None:
    """Google: in the total of the account alone; a text that never came is missing."""
    usage, message = body["usage"], body["choices"][0]["message"]
    usage["completion_tokens"] = 5 if message["content"] else 0
    if not message["content"]:
        del message["content"]


def could_not_finish(needs: int) -> Quirk:
    """OpenAI's o-models: a refusal where the limit was reached while the model thought."""
    said = "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens."
    return endpoint_that(option("max_tokens", lambda _: openai(said), lambda v: v >= needs), answer=answer)


def all_of(checks: Iterable[Check]) -> Quirk:
    return endpoint_that(*checks, answer=answer)
