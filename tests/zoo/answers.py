"""Quirks of answers that say "200, fine": one function a quirk, named after what it imitates.

Each returns the body as the endpoint sends it. What it must come to is said by the decorator: a `Why`, or the text of a good answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sidebyside.errors import Why
from tests.scripted import Reply, chat, fault

Body = Any
MEASURED = {"logprobs": True, "top_logprobs": 2}


@dataclass(frozen=True)
class Quirk:
    """One quirk.

    Attributes:
        body: Makes the body.
        why: What kind of no answer it is; None if it is an answer.
        text: The answer's text, if it is one.
        says: Words of the sentence.
        kind: The content type.
        asked: Further fields of the request.
        route: Where the request goes.
    """

    body: Callable[[], Body]
    why: Why | None = None
    text: str = ""
    says: str = ""
    kind: str = "application/json"
    asked: dict[str, Any] = field(default_factory=dict)
    route: str = "chat/completions"

    @property
    def reply(self) -> Reply:
        return Reply(self.body(), kind=self.kind)

    @property
    def request(self) -> dict[str, Any]:
        message = [{"role": "user", "content": "How was it?"}]
        fields = {"chat/completions": {"messages": message}, "completions": {"prompt": "It was"}}
        return fields.get(self.route, {"input": "It was"}) | self.asked


QUIRKS: dict[str, Quirk] = {}


def refused(why: Why, says: str, **more: Any) -> Callable[[Callable[[], Body]], Callable[[], Body]]:
    """Register a quirk that must end in an `AnswerError`."""
    return lambda body: _register(Quirk(body, why, says=says, **more))


def answered(text: str, **more: Any) -> Callable[[Callable[[], Body]], Callable[[], Body]]:
    """Register a quirk that is an answer all the same."""
    return lambda body: _register(Quirk(body, text=text, **more))


def _register(quirk: Quirk) -> Callable[[], Body]:
    QUIRKS[quirk.body.__name__] = quirk
    return quirk.body


def said(ending: str | None = "stop", **message: Any) -> dict[str, Any]:
    """Return a chat completion with other fields in its message; a field that is `...` is left out."""
    body = chat()
    told = {"role": "assistant", "content": "happy"} | message
    body["choices"][0] |= {"finish_reason": ending, "message": {name: value for name, value in told.items() if value is not ...}}
    return body


def with_choice(**fields: Any) -> dict[str, Any]:
    body = chat()
    body["choices"][0] |= fields
    return body


def chances(*logprobs: Any, others: Any = ({"token": "happy", "logprob": -0.1}, {"token": "sad", "logprob": -3.0})) -> dict[str, Any]:
    return {"content": [{"token": "happy", "logprob": logprob, "top_logprobs": others} for logprob in logprobs]}


def raw(text: Any = " fine", ending: str = "length", logprobs: Any = None) -> dict[str, Any]:
    """Return a raw completion."""
    choice = {"index": 0, "text": text, "finish_reason": ending, "logprobs": logprobs}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice], "usage": None}


RAW_MEASURED = {"tokens": [" fine"], "token_logprobs": [-0.2], "top_logprobs": [{" fine": -0.2, " bad": -2.0}], "text_offset": [0]}


def responses(*items: Any, **fields: Any) -> dict[str, Any]:
    """Return an answer of the Responses route."""
    return {"id": "resp-1", "object": "response", "status": "completed", "error": None, "output": list(items)} | fields


def part(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": [{"type": kind} | fields]}


# --- no text ----------------------------------------------------------------------------------------------------------


@refused(Why.EMPTY, "null")
def null_content() -> Body:
    return said(content=None)


@refused(Why.EMPTY, "null")
def content_left_out() -> Body:
    return said(content=...)


@answered("")
def a_model_that_ends_at_once() -> Body:
    return said(content="")


@refused(Why.EMPTY, "nothing says that the model ended it")
def an_empty_text_of_a_model_that_was_broken_off() -> Body:
    """OpenRouter, where whoever serves the model fails."""
    return said(None, content="")


@refused(Why.EMPTY, "nothing says that the model ended it")
def an_empty_text_in_the_middle_of_a_turn() -> Body:
    """Anthropic's ending, handed on by a gateway."""
    return said("pause_turn", content="")


@answered("")
def a_model_of_another_vendor_that_ends_at_once() -> Body:
    return said("end_turn", content="")


@refused(Why.EMPTY, "no message")
def null_message() -> Body:
    return with_choice(message=None)


@refused(Why.EMPTY, "no message")
def a_chunk_of_a_stream_as_a_whole_answer() -> Body:
    body = with_choice(delta={"content": "happy"})
    del body["choices"][0]["message"]
    return body


@refused(Why.EMPTY, "without any choice")
def choices_null() -> Body:
    return chat() | {"choices": None}


@refused(Why.EMPTY, "without any choice")
def choices_empty() -> Body:
    return chat() | {"choices": []}


@refused(Why.EMPTY, "without any choice")
def choices_of_null() -> Body:
    return chat() | {"choices": [None]}


@refused(Why.EMPTY, "without any choice")
def second_choice_null() -> Body:
    return chat() | {"choices": [*chat()["choices"], None]}


@refused(Why.EMPTY, "called a tool")
def a_tool_call_that_nobody_offered() -> Body:
    call = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    return said("tool_calls", content=None, tool_calls=[call])


@answered("happy")
def a_tool_call_beside_text() -> Body:
    return said("tool_calls", tool_calls=[{"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}])


@refused(Why.EMPTY, "all of it is thinking")
def ollama_puts_everything_into_reasoning() -> Body:
    return said(content="", reasoning="The writer sounds pleased, so happy.")


@refused(Why.EMPTY, "null")
def vllm_parses_everything_as_thinking() -> Body:
    return said(content=None, reasoning_content="The writer sounds pleased, so happy.")


@refused(Why.EMPTY, "null", route="completions")
def raw_completion_without_text() -> Body:
    return raw(None, "stop")


# --- cut off ----------------------------------------------------------------------------------------------------------


@refused(Why.CUT_OFF, "limit of length")
def openai_thinks_up_to_the_limit() -> Body:
    return said("length", content="")


@refused(Why.CUT_OFF, "limit of length")
def gemini_thinks_up_to_the_limit() -> Body:
    return said("length", content=...)


@refused(Why.CUT_OFF, "limit of length")
def line_breaks_up_to_the_limit() -> Body:
    return said("length", content="\n\n \n")


@refused(Why.CUT_OFF, "limit of length")
def anthropic_s_word_for_the_limit() -> Body:
    return said("max_tokens", content=None)


@refused(Why.CUT_OFF, "limit of length")
def deepseek_never_stops_thinking() -> Body:
    return said("length", content="<think>First, let me see")


@answered("positive", asked={"max_tokens": 1})
def one_token_as_asked() -> Body:
    return said("length", content="positive")


@answered("\n", asked={"max_tokens": 1} | MEASURED)
def one_measured_token_of_space() -> Body:
    return with_choice(message={"content": "\n"}, finish_reason="length", logprobs=chances(-0.1))


@refused(Why.CUT_OFF, "limit of length", route="completions")
def raw_completion_of_spaces() -> Body:
    return raw("   ")


# --- refused and filtered ---------------------------------------------------------------------------------------------


@refused(Why.REFUSED, "I cannot help with that")
def openai_s_field_for_a_refusal() -> Body:
    return said(content=None, refusal="I cannot help with that.")


@refused(Why.REFUSED, "declined")
def anthropic_s_word_for_a_refusal() -> Body:
    return said("refusal", content="")


@refused(Why.REFUSED, "No, thank you")
def a_refusal_as_a_part() -> Body:
    return said(content=[{"type": "refusal", "refusal": "No, thank you."}])


@refused(Why.FILTERED, "content filter")
def azure_filters_the_answer() -> Body:
    return said("content_filter", content="")


@refused(Why.FILTERED, "content filter")
def azure_filters_in_the_middle() -> Body:
    return said("content_filter", content="The best way to")


@refused(Why.FILTERED, "violence")
def azure_s_report_of_a_filter() -> Body:
    return with_choice(content_filter_results={"hate": {"filtered": False, "severity": "safe"}, "violence": {"filtered": True, "severity": "high"}})


@answered("happy")
def azure_s_report_that_all_is_well() -> Body:
    return with_choice(content_filter_results={"hate": {"filtered": False, "severity": "safe"}}) | {"prompt_filter_results": []}


@refused(Why.FILTERED, "safety")
def gemini_s_word_for_its_filter() -> Body:
    return said("SAFETY", content=...)


@refused(Why.FILTERED, "recitation")
def gemini_recites() -> Body:
    return said("RECITATION", content=None)


@refused(Why.FILTERED, "PROHIBITED_CONTENT")
def gemini_blocks_the_prompt() -> Body:
    return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {}}


@refused(Why.FILTERED, "sensitive")
def zhipu_s_word_for_its_filter() -> Body:
    return said("sensitive", content="")


@refused(Why.FILTERED, "content management policy")
def azure_s_error_of_its_filter() -> Body:
    return fault("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.")


# --- a fault inside a 200 ---------------------------------------------------------------------------------------------


@refused(Why.FAULT, "upstream is overloaded")
def openrouter_s_error() -> Body:
    return {"error": {"message": "The upstream is overloaded", "code": 502}, "user_id": "u"}


@refused(Why.FAULT, "upstream is overloaded")
def an_error_beside_null_choices() -> Body:
    return chat() | {"choices": None, "error": {"message": "The upstream is overloaded", "code": 502}}


@refused(Why.FAULT, "the provider went away")
def openrouter_s_error_in_the_middle() -> Body:
    return with_choice(finish_reason="error", error={"code": 502, "message": "the provider went away"})


@refused(Why.FAULT, "err.supplier_error")
def an_error_that_is_a_word() -> Body:
    return {"status": "FAILED", "error": "err.supplier_error"}


@refused(Why.FAULT, "model is loading")
def fastapi_s_detail() -> Body:
    return {"detail": "The model is loading."}


@refused(Why.FAULT, "no such model")
def vllm_s_old_error() -> Body:
    return {"object": "error", "message": "no such model", "type": "NotFoundError", "code": 404}


@refused(Why.FAULT, "insufficient balance")
def minimax_s_error() -> Body:
    return {"id": "1", "choices": None, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}


@refused(Why.FAULT, "quota")
def google_wraps_its_error_in_a_list() -> Body:
    return [{"error": {"code": 429, "message": "quota is used up", "status": "RESOURCE_EXHAUSTED"}}]


@refused(Why.FAULT, "fault in place of an answer")
def deepseek_is_full() -> Body:
    return said("insufficient_system_resource", content="")


@answered("happy")
def litellm_says_that_there_is_no_error() -> Body:
    return chat() | {"error": None}


# --- garbled ----------------------------------------------------------------------------------------------------------


@refused(Why.GARBLED, "login page", kind="text/html")
def a_login_page() -> Body:
    return "<!DOCTYPE html><html><body>Sign in</body></html>"


@refused(Why.GARBLED, "web page")
def a_web_page_that_calls_itself_json() -> Body:
    return "\n <html>Welcome</html>"


@refused(Why.GARBLED, "event stream", kind="text/event-stream")
def an_event_stream_that_nobody_asked_for() -> Body:
    return 'data: {"choices": [{"delta": {"content": "happy"}}]}\n\ndata: [DONE]\n\n'


@refused(Why.GARBLED, "event stream")
def an_event_stream_that_calls_itself_json() -> Body:
    return ': ping\n\ndata: {"choices": []}\n\n'


@refused(Why.GARBLED, "cut off")
def half_a_body() -> Body:
    return json.dumps(chat())[:80]


@refused(Why.EMPTY, "sent nothing")
def an_empty_body() -> Body:
    return " \n"


@refused(Why.GARBLED, "not JSON")
def lines_of_json_as_ollama_streams_them() -> Body:
    return '{"message": {"content": "hap"}, "done": false}\n{"message": {"content": "py"}, "done": true}\n'


@refused(Why.GARBLED, "not JSON")
def another_encoding() -> Body:
    return json.dumps(said(content="schön"), ensure_ascii=False).encode("latin-1")


@refused(Why.GARBLED, "nested too deeply")
def a_bottomless_body() -> Body:
    return '{"choices": ' + "[" * 5000 + "]" * 5000 + "}"


@refused(Why.GARBLED, "without any choice")
def a_bare_list() -> Body:
    return [1, 2]


@refused(Why.GARBLED, "half of a character")
def half_of_an_emoji() -> Body:
    return json.dumps(chat("happy")).replace('"content": "happy"', '"content": "happy \\ud83d"')


@answered("happy")
def half_of_an_emoji_beside_the_answer() -> Body:
    return json.dumps(chat()).replace("chatcmpl-", "\\ud83d-")


@refused(Why.GARBLED, "no text")
def content_is_a_number() -> Body:
    return said(content=7)


@refused(Why.GARBLED, "no text")
def content_is_an_object() -> Body:
    return said(content={"label": "happy"})


@refused(Why.GARBLED, "no text")
def a_picture_as_a_part() -> Body:
    return said(content=[{"type": "image_url", "image_url": {"url": "x"}}])


@answered("happy and sad")
def text_in_parts() -> Body:
    return said(content=[{"type": "text", "text": "happy "}, {"type": "text", "text": "and sad"}])


@answered("happy")
def mistral_thinks_in_parts() -> Body:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "It says: great."}], "closed": True}
    return said(content=[thinking, {"type": "text", "text": "happy"}])


@answered("happy")
def anthropic_thinks_in_parts() -> Body:
    return said(content=[{"type": "thinking", "thinking": "It says: great.", "signature": "x"}, {"type": "text", "text": "happy"}])


@answered("happy")
def deepseek_thinks_in_tags() -> Body:
    return said(content="<think>\nIt says: great.\n</think>\n\nhappy")


@answered("happy")
def a_template_opens_the_thought_itself() -> Body:
    return said(content="It says: great.\n</think>\n\nhappy")


# --- log-probabilities ------------------------------------------------------------------------------------------------


@refused(Why.UNMEASURED, "without the log-probabilities", asked=MEASURED)
def an_endpoint_that_ignores_logprobs() -> Body:
    return chat()


@refused(Why.UNMEASURED, "without the log-probabilities", asked=MEASURED)
def null_logprobs() -> Body:
    return with_choice(logprobs=None)


@refused(Why.UNMEASURED, "without the log-probabilities", asked=MEASURED)
def empty_logprobs() -> Body:
    return with_choice(logprobs={"content": [], "refusal": None})


@refused(Why.UNMEASURED, "likeliest other tokens", asked=MEASURED)
def no_likeliest_tokens() -> Body:
    return with_choice(logprobs=chances(-0.1, others=[]))


@answered("happy", asked={"logprobs": True})
def no_likeliest_tokens_and_none_asked_for() -> Body:
    return with_choice(logprobs=chances(-0.1, others=[]))


@answered("happy", asked=MEASURED)
def measured_as_asked() -> Body:
    return with_choice(logprobs=chances(-0.1))


@refused(Why.GARBLED, "log-probability", asked=MEASURED)
def logprobs_as_text() -> Body:
    return with_choice(logprobs=chances("-0.1"))


@refused(Why.GARBLED, "not finite", asked=MEASURED)
def logprobs_that_are_no_number() -> Body:
    return with_choice(logprobs=chances(float("nan")))


@refused(Why.GARBLED, "not finite", asked=MEASURED)
def likeliest_tokens_of_infinity() -> Body:
    return with_choice(logprobs=chances(-0.1, others=[{"token": "sad", "logprob": float("-inf")}]))


@refused(Why.GARBLED, "log-probability", asked=MEASURED)
def probabilities_that_call_themselves_logprobs() -> Body:
    return with_choice(logprobs=chances(0.9))


@refused(Why.UNMEASURED, "without the log-probabilities", route="completions", asked={"logprobs": 2})
def raw_completion_without_logprobs() -> Body:
    return raw()


@refused(Why.UNMEASURED, "likeliest other tokens", route="completions", asked={"logprobs": 2})
def raw_completion_without_likeliest_tokens() -> Body:
    return raw(logprobs=RAW_MEASURED | {"top_logprobs": None})


@refused(Why.GARBLED, "log-probabilities", route="completions", asked={"logprobs": 2})
def raw_completion_with_lists_of_unequal_length() -> Body:
    return raw(logprobs=RAW_MEASURED | {"token_logprobs": [-0.2, -0.3]})


@answered(" fine", route="completions", asked={"logprobs": 2})
def raw_completion_as_openai_measures_it() -> Body:
    return raw(logprobs=RAW_MEASURED)


@answered(" fine", route="completions", asked={"logprobs": 2})
def raw_completion_as_llama_cpp_measures_it() -> Body:
    return raw(logprobs=chances(-0.2))


# --- usage is another's affair ----------------------------------------------------------------------------------------


@answered("happy")
def usage_of_no_kind() -> Body:
    return chat() | {"usage": "plenty"}


@answered("happy")
def usage_that_is_no_number() -> Body:
    return chat() | {"usage": {"prompt_tokens": float("nan"), "completion_tokens": float("inf")}}


# --- embeddings, and the Responses route ------------------------------------------------------------------------------


def vectors(*values: Any) -> Body:
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(values)],
        "model": "m",
        "usage": None,
    }


EMBEDDINGS = {"route": "embeddings", "asked": {"input": ["one", "two"], "encoding_format": "float"}}


@answered("", **EMBEDDINGS)
def two_vectors() -> Body:
    return vectors([0.5, 1], [0.25, -1.0])


@answered("", **EMBEDDINGS)
def vectors_in_base_64() -> Body:
    return vectors("AAAAPwAAgD8=", "AACAPgAAgL8=")


@refused(Why.GARBLED, "1 vectors for 2 texts", **EMBEDDINGS)
def a_vector_short() -> Body:
    return vectors([0.5, 1])


@refused(Why.GARBLED, "other than numbers", **EMBEDDINGS)
def a_vector_with_a_hole() -> Body:
    return vectors([0.5, None], [1, 2])


@refused(Why.GARBLED, "other than numbers", **EMBEDDINGS)
def a_vector_of_texts() -> Body:
    return vectors(["0.5", "1"], [1, 2])


@refused(Why.GARBLED, "not finite", **EMBEDDINGS)
def a_vector_that_is_no_number() -> Body:
    return vectors([0.5, float("nan")], [1, 2])


@refused(Why.GARBLED, "differ in length", **EMBEDDINGS)
def vectors_of_unequal_length() -> Body:
    return vectors([0.5], [1, 2])


@refused(Why.GARBLED, "an empty vector", **EMBEDDINGS)
def empty_vectors() -> Body:
    return vectors([], [])


@refused(Why.GARBLED, "a vector that is none", **EMBEDDINGS)
def vectors_in_broken_base_64() -> Body:
    return vectors("AAAAP*", "AACAPgAAgL8=")


@answered("", route="responses")
def a_response() -> Body:
    return responses({"type": "reasoning", "summary": []}, part("output_text", text="happy", annotations=[]))


@refused(Why.REFUSED, "Not that", route="responses")
def a_response_that_refuses() -> Body:
    return responses(part("refusal", refusal="Not that."))


@refused(Why.CUT_OFF, "limit of length", route="responses")
def a_response_that_only_thinks() -> Body:
    return responses({"type": "reasoning", "summary": []}, status="incomplete", incomplete_details={"reason": "max_output_tokens"})


@refused(Why.FILTERED, "content_filter", route="responses")
def a_response_that_is_filtered() -> Body:
    return responses(part("output_text", text="The best"), status="incomplete", incomplete_details={"reason": "content_filter"})


@refused(Why.FAULT, "went wrong", route="responses")
def a_response_that_failed() -> Body:
    return responses(status="failed", error={"code": "server_error", "message": "something went wrong"})
