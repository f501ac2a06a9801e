"""Endpoints that count, and that slow one down: how they say what an answer took, and how long to wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tests.scripted import Quirk, Reply, Request, chat

GOOGLE = "type.googleapis.com/google.rpc"


# --- what an answer took --------------------------------------------------------------------------------------------


def counting(usage: Any) -> Quirk:
    """Say this of each answer, in the field `usage`."""
    return lambda request: Reply(chat() | {"usage": usage})


def dear(request: Request) -> Reply:
    """Take 20,000 tokens in and 50,000 out for the shortest of requests: 0.12 dollars at a price of 1/2."""
    return Reply(chat(tokens_in=20_000, tokens_out=50_000))


def openai_counts(thinking: int = 0) -> dict[str, Any]:
    """OpenAI: thinking is part of `completion_tokens`."""
    details = {"reasoning_tokens": thinking, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0, "audio_tokens": 0}
    return {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500, "completion_tokens_details": details}


def google_counts() -> dict[str, Any]:
    """Google's compatible route: thinking is in `total_tokens` alone."""
    return {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1500}


def xai_counts() -> dict[str, Any]:
    """xAI: thinking is in the details, beside `completion_tokens`."""
    return {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1500, "completion_tokens_details": {"reasoning_tokens": 400}}


def openrouter_counts(cost: Any = 0.75) -> dict[str, Any]:
    """OpenRouter: the cost itself."""
    return openai_counts() | {"cost": cost, "is_byok": False, "cost_details": {"upstream_inference_cost": None}}


def responses_counts() -> dict[str, Any]:
    """The Responses route: other names."""
    return {"input_tokens": 1000, "output_tokens": 500, "total_tokens": 1500, "output_tokens_details": {"reasoning_tokens": 400}}


def litellm_counts() -> dict[str, Any]:
    """LiteLLM before Anthropic: text written to a cache costs more than other input."""
    return {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500, "cache_creation_input_tokens": 900, "cache_read_input_tokens": 0}


# --- too fast -------------------------------------------------------------------------------------------------------


def refusal(message: str, status: int = 429, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    return Reply({"error": {"message": message, **more}}, status, headers=headers or {})


def openai_tokens_a_minute() -> Reply:
    """OpenAI's limit on tokens: the headers tell when each limit is whole again, the words when this request may go."""
    words = "Rate limit reached for gpt-5-mini in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2500. "
    headers = {"x-ratelimit-remaining-requests": "499", "x-ratelimit-reset-requests": "120ms", "x-ratelimit-reset-tokens": "59.1s"}
    return refusal(
        words + "Please try again in 3s. Visit https://platform.openai.com/account/rate-limits.", headers=headers, code="rate_limit_exceeded"
    )


def openai_requests_a_minute() -> Reply:
    """OpenAI's limit on requests, with the header that its client heeds."""
    return refusal("Rate limit reached", headers={"retry-after-ms": "1500", "retry-after": "2"}, code="rate_limit_exceeded", type="requests")


def openai_without_money() -> Reply:
    """OpenAI, nothing paid in: no wait helps."""
    words = "You exceeded your current quota, please check your plan and billing details."
    return refusal(words, type="insufficient_quota", param=None, code="insufficient_quota")


def azure_busy() -> Reply:
    """Azure OpenAI."""
    words = "Requests to the ChatCompletions_Create Operation have exceeded call rate limit of your current tier. Please retry after 20 seconds."
    return refusal(words, headers={"retry-after": "20"}, code="429")


def azure_in_words_alone() -> Reply:
    """Azure behind a gateway that drops headers."""
    return refusal("Operation under S0 tier exceeded token rate limit. Please retry after 20 seconds.", code="429")


def anthropic_busy() -> Reply:
    """Anthropic's compatible route: a refusal of its own form, with the header."""
    body = {"type": "error", "error": {"type": "rate_limit_error", "message": "This request would exceed your organization's rate limit."}}
    return Reply(body, 429, headers={"retry-after": "12"})


def anthropic_overloaded() -> Reply:
    """Anthropic with too much to do, and a time to come back."""
    return Reply({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 529, headers={"retry-after": "4"})


def google_a_minute() -> Reply:
    """Google: a list with one error, words about a quota, and the wait among the details."""
    retry = {"@type": f"{GOOGLE}.RetryInfo", "retryDelay": "17s"}
    quota = {"@type": f"{GOOGLE}.QuotaFailure", "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}
    words = "You exceeded your current quota, please check your plan and billing details."
    return Reply([{"error": {"code": 429, "message": words, "status": "RESOURCE_EXHAUSTED", "details": [quota, retry]}}], 429)


def google_a_day() -> Reply:
    """Google: the quota of a day, with a wait that does not help."""
    retry = {"@type": f"{GOOGLE}.RetryInfo", "retryDelay": "17s"}
    quota = {"@type": f"{GOOGLE}.QuotaFailure", "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}
    return Reply([{"error": {"code": 429, "message": "You exceeded your current quota.", "details": [quota, retry]}}], 429)


def groq_a_minute() -> Reply:
    """Groq: words alone, with a link to a page about billing."""
    words = "Rate limit reached for model `llama-3.1-8b-instant` on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. "
    return refusal(words + "Please try again in 7.66s. Need more tokens? Visit https://console.groq.com/settings/billing", type="tokens")


def groq_a_day() -> Reply:
    """Groq: a limit that is whole again in ten minutes."""
    words = "Rate limit reached for model `llama-3.3-70b-versatile` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. "
    return refusal(words + "Please try again in 9m38.016s.", type="tokens", code="rate_limit_exceeded")


def mistral_busy() -> Reply:
    """Mistral: nothing but that it is too much."""
    return Reply({"object": "error", "message": "Service tier capacity exceeded for this model.", "type": "service_tier_capacity_exceeded"}, 429)


def litellm_busy() -> Reply:
    """LiteLLM's proxy: the wait in its own words."""
    return refusal("No deployments available for selected model, Try again in 5 seconds. Passed model=gpt.", type="None", param="None", code="429")


def proxy_page() -> Reply:
    """A gateway that answers with a page, and the standard header as a date."""
    return Reply("<html>429 Too Many Requests</html>", 429, kind="text/html", headers={"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT"})


class SoManyInARow:
    """Answer one request and then refuse, without a word how long, whatever comes until so many were refused: a free tier."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.lock, self.left = refusals, threading.Lock(), 0

    def __call__(self, request: Request) -> Reply:
        with self.lock:
            self.left -= 1
            if self.left >= 0:
                return mistral_busy()
            self.left = self.refusals
        return Reply(chat(request.body["messages"][-1]["content"]))


class APlaceForOne:
    """Refuse with this whatever comes while another request is being answered; note the most that came at once."""

    def __init__(self, refuse: Callable[[], Reply], places: int = 1) -> None:
        self.refuse, self.places = refuse, places
        self.lock, self.now, self.most, self.refused = threading.Lock(), 0, 0, 0

    def __call__(self, request: Request) -> Reply:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            refused = self.now > self.places
            self.refused += refused
        threading.Event().wait(0.01)
        with self.lock:
            self.now -= 1
        return self.refuse() if refused else Reply(chat(request.body["messages"][-1]["content"]))
