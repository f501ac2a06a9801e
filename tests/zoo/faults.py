"""Quirks of endpoints that refuse, and of what lies between a reader and an endpoint: one function a quirk, named after what it imitates.

A function returns the reply; its decorator says what the sentence must hold. Servers that speak TLS, that are a proxy or no
web server at all are below.
"""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.scripted import KEY, NAME, Reply, ScriptedModel

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Quirk:
    """A refusal.

    Attributes:
        reply: Makes the reply.
        says: What the sentence holds.
        spares: What it does not hold.
    """

    reply: Callable[[], Reply]
    says: tuple[str, ...]
    spares: tuple[str, ...]


QUIRKS: dict[str, Quirk] = {}


def says(*words: str, not_: tuple[str, ...] = ()) -> Callable[[Callable[[], Reply]], Callable[[], Reply]]:
    """Register a refusal, whose sentence holds these words."""

    def register(reply: Callable[[], Reply]) -> Callable[[], Reply]:
        QUIRKS[reply.__name__] = Quirk(reply, words, not_)
        return reply

    return register


def refusal(status: int, message: str, code: Any = None, kind: str | None = "invalid_request_error", **headers: str) -> Reply:
    """Return a refusal in OpenAI's form."""
    return Reply({"error": {"message": message, "type": kind, "param": None, "code": code}}, status, headers=headers)


def page(status: int, title: str, text: str = "", **headers: str) -> Reply:
    """Return a web page."""
    body = f"<!DOCTYPE html><html><head><title>{title}</title><style>p {{ color: red }}</style></head><body><h1>{title}</h1>{text}</body></html>"
    return Reply(body, status, kind=HTML, headers=headers)


# --- the key and the account ----------------------------------------------------------------------------------------


@says("refused the key (401)", "Set OPENAI_API_KEY", "Incorrect API key provided: sk-sc***cdef")
def openai_wrong_key() -> Reply:
    return refusal(401, "Incorrect API key provided: sk-sc***cdef. You can find your API key at https://platform.openai.com.", "invalid_api_key")


@says("refused the key (401)", "No cookie auth credentials found")
def openrouter_wrong_key() -> Reply:
    return Reply({"error": {"message": "No cookie auth credentials found", "code": 401}}, 401)


@says("refused the key (401)", "Access denied due to invalid subscription key")
def azure_wrong_key() -> Reply:
    words = "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription."
    return Reply({"error": {"code": "401", "message": words}}, 401)


@says("refused the key (401)", "API key not valid")
def google_wrong_key() -> Reply:
    return Reply([{"error": {"code": 401, "message": "API key not valid. Please pass a valid API key.", "status": "UNAUTHENTICATED"}}], 401)


@says("refused the key (401)", "Unauthorized")
def vllm_wrong_key() -> Reply:
    return Reply({"error": "Unauthorized"}, 401)


@says("refused the key (401)", "your key …, the one", not_=(KEY,))
def endpoint_that_echoes_the_key() -> Reply:
    return refusal(401, f"I do not like your key {KEY}, the one you sent")


@says("refused the key (401)", "token", not_=(KEY,))
def gateway_that_echoes_the_key_in_an_address() -> Reply:
    return refusal(401, f"bad token at https://joe:{KEY}@gateway.example/v1?key={KEY}")


@says("no credit left (402)", "Insufficient credits", "waiting does not help")
def openrouter_without_credit() -> Reply:
    return Reply({"error": {"message": "Insufficient credits. Add more using https://openrouter.ai/credits", "code": 402}}, 402)


@says("no credit left (402)", "Insufficient Balance")
def deepseek_without_balance() -> Reply:
    return refusal(402, "Insufficient Balance", "invalid_request_error", "unknown_error")


@says("no credit left (400)", "credit balance is too low")
def anthropic_without_credit() -> Reply:
    words = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."
    return Reply({"type": "error", "error": {"type": "invalid_request_error", "message": words}}, 400)


@says("no credit left (429)", "exceeded your current quota", "waiting does not help", not_=("Wait a minute",))
def openai_quota() -> Reply:
    return refusal(429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota")


@says("no credit left (400)", "Budget has been exceeded")
def litellm_budget() -> Reply:
    return refusal(400, "Budget has been exceeded! Current cost: 26.075, Max budget: 0.25", "400", "budget_exceeded")


@says("no requests from this network or country (403)", "VPN", "Country, region, or territory not supported")
def openai_country() -> Reply:
    return refusal(403, "Country, region, or territory not supported", "unsupported_country_region_territory", "request_forbidden")


# --- pace -----------------------------------------------------------------------------------------------------------


@says("too many requests (429)", "Wait 20 seconds", "Rate limit reached")
def openai_pace() -> Reply:
    words = "Rate limit reached for gpt-4o in organization org-x on requests per min (RPM): Limit 3, Used 3. Please try again in 20s."
    return refusal(429, words, "rate_limit_exceeded", "requests", **{"retry-after": "20"})


@says("too many requests (429)", "Please retry in 28s", not_=("no credit",))
def google_pace() -> Reply:
    words = "You exceeded your current quota, please check your plan and billing details. Quota exceeded: limit: 15. Please retry in 28s."
    return Reply([{"error": {"code": 429, "message": words, "status": "RESOURCE_EXHAUSTED"}}], 429)


@says("larger than what the endpoint lets you send in a minute (429)", "Shorten the text", not_=("Wait a minute",))
def openai_request_above_a_minute_s_tokens() -> Reply:
    words = "Request too large for gpt-4o on tokens per min (TPM): Limit 10000, Requested 12000. The input or output tokens must be reduced."
    return refusal(429, words, "rate_limit_exceeded", "tokens")


@says("larger than what the endpoint lets you send in a minute (413)", "Shorten the text")
def groq_request_above_a_minute_s_tokens() -> Reply:
    words = "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size."
    return refusal(413, words, "rate_limit_exceeded", "tokens")


@says("too many requests", "Wait a minute", "Requests rate limit exceeded")
def mistral_pace() -> Reply:
    return Reply({"message": "Requests rate limit exceeded"}, 429)


# --- model and address ----------------------------------------------------------------------------------------------


@says("does not know the model (404)", "SIDEBYSIDE_MODEL", "does not exist or you do not have access")
def openai_unknown_model() -> Reply:
    return refusal(404, f"The model `{NAME}` does not exist or you do not have access to it.", "model_not_found")


@says("does not know the model (404)", "try pulling it first")
def ollama_unknown_model() -> Reply:
    return refusal(404, f'model "{NAME}" not found, try pulling it first', None, "api_error")


@says("does not know the model (404)", "deployment for this resource does not exist")
def azure_unknown_deployment() -> Reply:
    return Reply({"error": {"code": "DeploymentNotFound", "message": "The API deployment for this resource does not exist."}}, 404)


@says("does not know the model (404)", "model: claude-x")
def anthropic_unknown_model() -> Reply:
    return Reply({"type": "error", "error": {"type": "not_found_error", "message": "model: claude-x"}}, 404)


@says("does not know the model (400)", "is not a valid model ID", not_=("Take out the option",))
def openrouter_unknown_model() -> Reply:
    return Reply({"error": {"message": f"{NAME} is not a valid model ID", "code": 400}}, 400)


@says("does not know the model (400)", "Invalid model name passed")
def litellm_unknown_model() -> Reply:
    words = f"/chat/completions: Invalid model name passed in model={NAME}. Call `/v1/models` to view available models for your key."
    return refusal(400, words, "400", "None")


@says("No chat route is at this address (404)", "/v1", "Not Found")
def fastapi_unknown_route() -> Reply:
    return Reply({"detail": "Not Found"}, 404)


@says("No chat route is at this address (404)")
def spring_unknown_route() -> Reply:
    return Reply({"status": 404, "error": "Not Found", "message": "No message available", "path": "/chat/completions"}, 404)


@says("No chat route is at this address (404)", "404 page not found")
def ollama_unknown_route() -> Reply:
    return Reply("404 page not found", 404, kind="text/plain")


@says("No chat route is at this address (404)", "Invalid URL (POST /chat/completions)")
def openai_unknown_route() -> Reply:
    return refusal(404, "Invalid URL (POST /chat/completions)")


@says("No chat route is at this address (404)", "no Route matched with those values")
def kong_unknown_route() -> Reply:
    return Reply({"message": "no Route matched with those values"}, 404)


@says("no endpoint is at this address (404)", "ends in /v1", "404 Not Found: nginx", not_=("<", "color"))
def nginx_unknown_route() -> Reply:
    return page(404, "404 Not Found", "<hr><center>nginx</center>")


@says("no endpoint is at this address (404)", not_=("login",))
def website_with_a_link_to_log_in() -> Reply:
    return page(404, "Page not found", "<a>Sign in</a> <a>Log in</a>")


@says("No chat route is at this address (405)", "Method Not Allowed")
def fastapi_wrong_method() -> Reply:
    return Reply({"detail": "Method Not Allowed"}, 405)


@says("No chat route is at this address (415)", "Unsupported Media Type")
def endpoint_of_another_kind() -> Reply:
    return Reply({"title": "Unsupported Media Type", "status": 415}, 415)


@says("Write https://", "wants https")
def nginx_http_on_its_https_port() -> Reply:
    return page(400, "400 The plain HTTP request was sent to HTTPS port")


@says("Write https://", "wants https")
def go_http_on_its_https_port() -> Reply:
    return Reply("Client sent an HTTP request to an HTTPS server.", 400, kind="text/plain")


# --- length and content ---------------------------------------------------------------------------------------------

LENGTHS: dict[str, tuple[int, int]] = {}  # quirk → tokens asked, tokens there are


def counts(asked: int, there: int) -> Callable[[Callable[[], Reply]], Callable[[], Reply]]:
    """Register a refusal of a request that is too long; its sentence gives both counts."""

    def register(reply: Callable[[], Reply]) -> Callable[[], Reply]:
        LENGTHS[reply.__name__] = asked, there
        return says(f"{asked:,} tokens", f"takes {there:,} at a time", "Shorten the text")(reply)

    return register


@counts(9000, 8192)
def openai_too_long() -> Reply:
    words = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8500 in the messages, 500 in the completion)."
    return refusal(400, words, "context_length_exceeded")


@counts(5031, 4096)
def llama_cpp_too_long() -> Reply:
    words = "request (5031 tokens) exceeds the available context size (4096 tokens), try increasing it"
    error = {"code": 400, "message": words, "type": "exceed_context_size_error", "n_prompt_tokens": 5031, "n_ctx": 4096}
    return Reply({"error": error}, 400)


@counts(5031, 4096)
def vllm_too_long() -> Reply:
    words = "The decoder prompt (length 5031) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller."
    return Reply({"object": "error", "message": words, "type": "BadRequestError", "param": None, "code": 400}, 400)


@counts(210000, 200000)
def anthropic_too_long() -> Reply:
    words = "prompt is too long: 210000 tokens > 200000 maximum"
    return Reply({"type": "error", "error": {"type": "invalid_request_error", "message": words}}, 400)


@counts(1200000, 1048576)
def google_too_long() -> Reply:
    words = "The input token count (1,200,000) exceeds the maximum number of tokens allowed (1,048,576)."
    return Reply([{"error": {"code": 400, "message": words, "status": "INVALID_ARGUMENT"}}], 400)


@counts(40000, 32768)
def mistral_too_long() -> Reply:
    words = "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length"
    return Reply({"object": "error", "message": words, "type": "invalid_request_prompt", "code": "3051"}, 400)


@counts(5000, 4096)
def tgi_too_long() -> Reply:
    words = "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 100 `max_new_tokens`"
    return Reply({"error": words, "error_type": "validation"}, 422)


@counts(15857, 4096)
def lm_studio_too_long() -> Reply:
    words = (
        "Trying to keep the first 15857 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, "
        "which is not enough. Try to load the model with a larger context length, or provide a shorter input"
    )
    return Reply({"error": words}, 400)


@counts(93854, 90000)
def copilot_too_long() -> Reply:
    return refusal(400, "prompt token count of 93854 exceeds the limit of 90000", "", "")


@says("longer than the model can read at once", "too large to process")
def llama_cpp_above_its_batch() -> Reply:
    words = "input is too large to process. increase the physical batch size"
    return Reply({"error": {"code": 500, "message": words, "type": "server_error"}}, 500)


@says("longer than the model can read at once", "Input is too long for requested model")
def bedrock_too_long() -> Reply:
    return Reply({"__type": "ValidationException", "Message": "Input is too long for requested model."}, 400)


@says("longer than the model can read at once", "the input length exceeds the context length")
def ollama_too_long() -> Reply:
    return Reply({"error": "the input length exceeds the context length"}, 400)


@says("too large", "(413)", "Shorten the text", "413 Request Entity Too Large")
def nginx_too_large() -> Reply:
    return page(413, "413 Request Entity Too Large")


@says("content filter holds this request back (400)", "The settings are right", "management policy")
def azure_content_filter() -> Reply:
    words = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry."
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": True, "severity": "high"}}}
    return Reply({"error": {"message": words, "type": None, "param": "prompt", "code": "content_filter", "status": 400, "innererror": inner}}, 400)


@says("content filter holds this request back (403)", "flagged")
def openrouter_moderation() -> Reply:
    words = 'Your chosen model requires moderation and your input was flagged for "harassment". No credits were charged.'
    return Reply({"error": {"message": words, "code": 403, "metadata": {"reasons": ["harassment"]}}}, 403)


@says("content filter holds this request back (400)", "Output data may contain inappropriate content")
def dashscope_inspection() -> Reply:
    return refusal(400, "Output data may contain inappropriate content.", "data_inspection_failed", "data_inspection_failed")


FILTERS = ("azure_content_filter", "openrouter_moderation", "dashscope_inspection")


# --- bodies of every form -------------------------------------------------------------------------------------------


@says("Take out the option", "body.seed: Extra inputs are not permitted")
def pydantic_detail() -> Reply:
    return Reply({"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "input": 1}]}, 422)


@says("Take out the option", "body.seed: Extra inputs are not permitted")
def mistral_detail_in_message() -> Reply:
    detail = [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]
    return Reply({"object": "error", "message": {"detail": detail}, "type": "invalid_request_error"}, 422)


@says("Take out the option", "temperature is deprecated")
def error_as_text() -> Reply:
    return Reply({"error": "temperature is deprecated"}, 400)


@says("Take out the option", "seed: Unknown field")
def marshmallow_errors() -> Reply:
    return Reply({"code": 422, "status": "Unprocessable Entity", "errors": {"seed": ["Unknown field."]}}, 422)


@says("Take out the option", '"inner"')
def gateway_that_passes_json_on_as_text() -> Reply:
    return refusal(400, json.dumps({"detail": "inner"}))


@says("Take out the option", "it's \\'inner\\'".replace("\\", ""))
def litellm_that_passes_a_dict_on_as_text() -> Reply:
    return refusal(400, 'litellm.BadRequestError: {"error": {"message": "it\'s \'inner\'"')


@says("Take out the option", "Could not route to it")
def cloudflare_errors() -> Reply:
    return Reply({"success": False, "errors": [{"code": 7003, "message": "Could not route to it"}], "messages": []}, 400)


@says("Take out the option", "the real cause")
def openrouter_provider_s_words() -> Reply:
    raw = json.dumps({"error": {"message": "the real cause"}})
    return Reply({"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw, "provider_name": "X"}}}, 400)


@says("Take out the option", "AccessDenied", not_=("<",))
def xml_of_a_bucket() -> Reply:
    return Reply('<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>No</Message></Error>', 400, kind="application/xml")


@says("Take out the option", "nope; de: nein")
def words_in_two_languages() -> Reply:
    return Reply({"error": {"message": {"en": "nope", "de": "nein"}}}, 400)


@says("Take out the option", "seed: must be 0", not_=("Bad Request",))
def problem_of_asp_net() -> Reply:
    return Reply({"title": "Bad Request", "status": 400, "errors": {"seed": ["must be 0"]}}, 400, kind="application/problem+json")


@says("Take out the option", '"in a stream"', not_=("data:",))
def refusal_as_an_event() -> Reply:
    return Reply('data: {"error": {"message": "in a stream"}}\n\n', 400, kind="text/event-stream")


@says("does not say why", "one by one", not_=("It says",))
def empty_refusal() -> Reply:
    return Reply("", 400)


@says("does not say why", "one by one", not_=("It says", "null"))
def null_refusal() -> Reply:
    return Reply("null", 400)


@says("Take out the option", "Zugriff für Müller verweigert")
def refusal_in_latin_1() -> Reply:
    return Reply(b"Zugriff f\xfcr M\xfcller verweigert", 400, kind="text/plain; charset=iso-8859-1")


@says("Take out the option", "nicht für Müller")
def refusal_in_windows_1252_unnamed() -> Reply:
    return Reply("das ist nicht für Müller".encode("cp1252"), 400, kind="text/plain")


@says("Take out the option", "No, never")
def refusal_in_utf_16() -> Reply:
    return Reply('{"error": "No, never"}'.encode("utf-16"), 400)


@says("Take out the option", "red ink and a bell", not_=("\x1b", "\x07", "\u202e"))
def refusal_with_control_characters() -> Reply:
    return refusal(400, "\x1b[31mred\x1b[0m ink\x00 and\x07\r\n\t a \u202ebell")


@says("Take out the option", "word word", " …")
def gigantic_refusal() -> Reply:
    return refusal(400, "word " * 400_000)


@says("Take out the option", not_=("[[",))
def refusal_without_a_bottom() -> Reply:
    return Reply('{"error":' * 20_000, 400)


@says("Take out the option", "ValueError: no such thing", not_=("Traceback", "line 3", "Error code"))
def litellm_traceback() -> Reply:
    words = 'Error code: 400 - Traceback (most recent call last):\n  File "/app/x.py", line 3, in f\n    g({"a": 1})\nValueError: no such thing'
    return refusal(400, words)


# --- what stands in between, and faults of the server's own ---------------------------------------------------------


@says("no requests from this network or country (400)", "VPN", not_=("option",))
def google_location() -> Reply:
    return Reply([{"error": {"code": 400, "message": "User location is not supported for the API use.", "status": "FAILED_PRECONDITION"}}], 400)


@says("no requests from this network or country (403)", not_=("model",))
def azure_virtual_network() -> Reply:
    return Reply({"error": {"code": "403", "message": "Access denied due to Virtual Network/Firewall rules."}}, 403)


@says("no requests from this network or country (401)", not_=("refused the key",))
def openai_address_not_allowed() -> Reply:
    return refusal(401, "Your IP address is not authorized", "ip_not_authorized", "invalid_request_error")


@says("refused the key (400)", "Set OPENAI_API_KEY", "Please pass a valid API key", not_=("option",))
def google_invalid_key() -> Reply:
    return Reply([{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}], 400)


@says("refused the key (403)", "Set OPENAI_API_KEY", not_=("model",))
def google_leaked_key() -> Reply:
    return Reply([{"error": {"code": 403, "message": "Your API key was reported as leaked. Please use another API key."}}], 403)


@says("another organization or project", "OPENAI_ORG_ID", "Unset both", not_=("refused",))
def openai_other_organization() -> Reply:
    return refusal(401, "OpenAI-Organization header should match organization for API key", "mismatched_organization", "invalid_request_error")


@says("cannot chat at this endpoint (404)", "a chat model", not_=("does not know",))
def openai_no_chat_model() -> Reply:
    return refusal(404, "This is not a chat model and thus not supported in the v1/chat/completions endpoint.", "", "invalid_request_error")


@says("does not know the model (400)", "decommissioned", not_=("option",))
def groq_decommissioned() -> Reply:
    return refusal(400, "The model `x` has been decommissioned and is no longer supported.", "model_decommissioned", "invalid_request_error")


@says("names itself", "Invalid host header", not_=("option",))
def starlette_trusted_host() -> Reply:
    return Reply("Invalid host header", 400, kind="text/plain")


@says("no credit left (402)", "Add credit", not_=("option",))
def page_that_wants_payment() -> Reply:
    return page(402, "Payment Required")


@says("asks for a name and a password (401)", not_=("firewall",))
def nginx_basic_auth() -> Reply:
    return page(401, "401 Authorization Required", "<center>nginx</center>")


@says("client certificate", "takes a key", not_=("option",))
def nginx_client_certificate() -> Reply:
    return page(400, "400 No required SSL certificate was sent", "<center>nginx</center>")


@says("proxy or firewall", "Ask IT", "is blocked", not_=("OPENAI_BASE_URL",))
def filter_that_says_200() -> Reply:
    return page(200, "Access denied", "This web site category is blocked: Generative AI")


@says("proxy or firewall", "(403)", "Ask IT", not_=("may not use this model",))
def zscaler_block() -> Reply:
    return page(403, "Internet Security by Zscaler", "<p>Sorry, you don't have permission to visit this site</p>", server="Zscaler/6.2")


@says("gateway or proxy", "(522)", "Connection timed out")
def cloudflare_host_that_is_down() -> Reply:
    return page(522, "example.com | 522: Connection timed out")


@says("proxy or firewall", "(403)", "Attention Required! | Cloudflare")
def cloudflare_block() -> Reply:
    return page(403, "Attention Required! | Cloudflare", "Sorry, you have been blocked", server="cloudflare")


@says("login page", "(401)", "browser")
def oauth2_proxy_login() -> Reply:
    return page(401, "Sign In", '<form><button type="submit">Sign in with OpenID Connect</button></form>')


@says("login page", "(403)")
def jupyterhub_login() -> Reply:
    return page(403, "Company gateway", '<form method="post"><input type="text" name="u"><input type="password" name="p"></form>')


@says("gateway or proxy", "(502)", "Bad Gateway")
def nginx_bad_gateway() -> Reply:
    return page(502, "502 Bad Gateway", "<hr><center>nginx</center>")


@says("gateway or proxy", "(504)", "Gateway Time-out")
def nginx_gateway_timeout() -> Reply:
    return page(504, "504 Gateway Time-out")


@says("The gateway in front of the endpoint cannot reach it (502)")
def litellm_bad_gateway() -> Reply:
    return refusal(502, "upstream connect error", "502", "bad_gateway")


@says("overloaded or still starting (529)", "Overloaded")
def anthropic_overloaded() -> Reply:
    return Reply({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 529)


@says("overloaded or still starting (503)", "Loading model")
def llama_cpp_loading() -> Reply:
    return Reply({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, 503)


@says("fault of its own (500)", "CUDA out of memory")
def vllm_out_of_memory() -> Reply:
    return Reply({"object": "error", "message": "CUDA out of memory", "type": "InternalServerError", "code": 500}, 500)


@says("ran out of time (408)")
def endpoint_that_lost_patience() -> Reply:
    return refusal(408, "Request timed out")


@says("(409)", "Wait a little")
def endpoint_in_conflict() -> Reply:
    return refusal(409, "Another request is in progress")


@says("cancelled before the endpoint had answered (499)")
def google_cancelled() -> Reply:
    return Reply([{"error": {"code": 499, "message": "The operation was cancelled.", "status": "CANCELLED"}}], 499)


@says("took the request and sent no answer (202)")
def endpoint_that_queues() -> Reply:
    return Reply({"status": "queued"}, 202)


@says("took the request and sent no answer (204)")
def endpoint_without_content() -> Reply:
    return Reply("", 204)


@says("redirects without saying where to (302)")
def redirect_to_nowhere() -> Reply:
    return Reply("", 302)


# --- servers --------------------------------------------------------------------------------------------------------


@contextmanager
def speaking_tls(server: ScriptedModel, certificate: trustme.LeafCert, *, clients: trustme.CA | None = None) -> Iterator[str]:
    """Let a scripted model that does not serve yet speak TLS; yield its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if clients:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()


def expired(authority: trustme.CA, *names: str) -> trustme.LeafCert:
    """Return a certificate that was valid once."""
    year = datetime.datetime.now(datetime.UTC).year
    return authority.issue_cert(*names, not_before=datetime.datetime(year - 3, 1, 1), not_after=datetime.datetime(year - 2, 1, 1))


@dataclass
class Proxy:
    """A proxy on 127.0.0.1.

    Attributes:
        status: What it says to a CONNECT; with 200 it connects to `target`, whatever host was asked for.
        target: Port of 127.0.0.1 to connect to.
        asked: The first line of each request that came by.
        headers: The `Proxy-Authorization` of each.
        url: Its address.
    """

    status: int = 200
    target: int = 0
    asked: list[str] = field(default_factory=list)
    headers: list[str | None] = field(default_factory=list)
    url: str = ""


@contextmanager
def proxying(proxy: Proxy) -> Iterator[Proxy]:
    """Start a proxy and stop it again."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            proxy.asked.append(self.requestline)
            proxy.headers.append(self.headers.get("proxy-authorization"))
            self.send_response(proxy.status)
            self.end_headers()
            if proxy.status == 200:
                _tunnel(self.connection, proxy.target)
            self.close_connection = True

        def do_POST(self) -> None:
            proxy.asked.append(self.requestline)
            proxy.headers.append(self.headers.get("proxy-authorization"))
            body = b"<html><head><title>ERR_ACCESS_DENIED</title></head><body>squid</body></html>"
            self.send_response(proxy.status)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        yield proxy
        server.shutdown()


def _tunnel(client: socket.socket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server:
        there = threading.Thread(target=_pump, args=(client, server), daemon=True)
        there.start()
        _pump(server, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def saying(data: bytes) -> Iterator[str]:
    """Start a server that says the same to whoever comes, and hangs up; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = door.accept()
                    with line, suppress(OSError):
                        line.recv(65_536)
                        line.sendall(data)
                        line.shutdown(socket.SHUT_WR)
                        while line.recv(65_536):  # else what was said is lost with the rest of the request
                            pass

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}/v1"
        finally:
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)


def pem(authority: trustme.CA, folder: Path) -> Path:
    """Write an authority's certificate where a variable can name it."""
    file = folder / "root.pem"
    authority.cert_pem.write_to_path(str(file))
    return file
