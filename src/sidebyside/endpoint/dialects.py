"""What a request says in the course's words, put as the model that it goes to takes it; and what an endpoint says, as pages read it.

`one_of` is the only word of the course. Which form it takes is settled when a request is sent, by who is to answer; what is
recorded is the request in that form, so that it can be read and asked again without the course.

Endpoints differ in what they take. A `Dialect` learns that from an endpoint's own refusals: it changes what a refusal names, sends
again, and remembers for the process. Nothing is sent otherwise than asked until an endpoint has refused it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2

from ..errors import AnswerError, Why
from ..notice import say_once
from .changes import (
    AS_ANY_SCHEMA,
    AS_INSTRUCTION,
    AS_OBJECT,
    FOLD,
    INSTRUCT,
    MARK,
    NOT_STRICT,
    Fields,
    Form,
    begun_answer,
    bounded,
    demanded,
    form_of,
    keywords_of,
    renamed,
    schema_of,
    without_keyword,
)  # fmt: skip
from .objections import KEPT, LIMITS, Refusal, read_refusal
from .thinking import LENGTHS, choice_apart, may_begin_thinking, set_thinking_apart as set_thinking_apart, tokens_of_thinking

Post = Callable[[Fields], httpx2.Response]
ONE_OF = "one_of"  # the field of a request that the transport replaces


def one_of(*answers: str) -> dict[str, Any]:
    """Return the options of a chat call that let the model give one of these answers and no other.

    They fit whichever client sends them. An embedded model takes a grammar and answers with the bare text. Any endpoint gets
    what most of them know, a JSON schema whose only field may hold these texts; the answer is then JSON around the text.

    Args:
        *answers: The texts allowed.
    """
    return {"extra_body": {ONE_OF: list(answers)}}


def with_grammar(fields: Fields) -> Fields:
    """Return a request's fields as llama.cpp takes them: `one_of` is a grammar."""
    if ONE_OF not in fields:
        return fields
    rest, answers = _parted(fields)
    return rest | {"grammar": "root ::= " + " | ".join(json.dumps(answer, ensure_ascii=False) for answer in answers)}


def with_schema(fields: Fields) -> Fields:
    """Return a request's fields as most endpoints take them: `one_of` is a JSON schema."""
    if ONE_OF not in fields:
        return fields
    rest, answers = _parted(fields)
    field = {"answer": {"type": "string", "enum": list(answers)}}
    schema = {"type": "object", "properties": field, "required": ["answer"], "additionalProperties": False}
    return rest | {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}}


def _parted(fields: Fields) -> tuple[Fields, list[str]]:
    return {name: value for name, value in fields.items() if name != ONE_OF}, fields[ONE_OF]


def only_json(text: str) -> str:
    """Return the one JSON object that a text holds, as it stands there; the text itself if it holds none or several.

    Args:
        text: What a model wrote that was asked for JSON by its message alone: the object may be in a fence, with words around it.
    """
    found: list[str] = []
    place = text.find("{")
    while place >= 0:
        try:
            end = place + json.JSONDecoder().raw_decode(text[place:])[1]
            found.append(text[place:end])
        except ValueError:
            end = place + 1
        place = text.find("{", end)
    return found[0] if len(found) == 1 else text


# --- what a refusal teaches -----------------------------------------------------------------------------------------

ROOMS = (2_000, 8_000)  # tokens to think in; a model that needs more is not given more unasked, since each costs money
COLDEST = 0.01  # sent where a temperature must be above 0: as good as the likeliest token each time
BOUNDED = {"temperature", "top_p", "top_logprobs", "logprobs", "frequency_penalty", "presence_penalty", *LIMITS}
MUSING = re.compile(  # how thoughts begin where no tag says so
    r"\s*(?:ok(?:ay)?|alright|hmm+|well|wait|let me|let's|let us|we (?:need|have|are)|the (?:user|question|task)|first|so|i need"
    r"|(?:we|the|let|i)(?=\s*$))\b",  # an answer of one token shows no more
    re.IGNORECASE,
)
DEMANDED = re.compile(r"\b(\w+)['\"`]? must be (?:set to )?['\"`]?(true|false)\b", re.IGNORECASE)  # Qwen's enable_thinking
UNFINISHED = r"could not finish|greater than .{0,20}budget|higher max_\w+|(?:increase|raise) .{0,20}max_\w+|output limit was reached"
BEGUN = (
    r"prefill|last (?:message|role|turn)|(?:end|ends|ending|finish|finishes) with|final (?:message|assistant|turn)|add_generation_prompt|"
    r"continue_final_message|must be (?:from |a |an? )?(?:the )?['\"`]?user"
)
ROLES = (
    r"(?:system|developer)['\"`]?\W{0,3}(?:role|message|prompt|instruction|is not)|role\W.{0,30}(?:system|developer)|"
    r"must (?:start|begin) with|"
    r"roles?\b.{0,40}(?:alternat|support|allow|expect|valid|must)|(?:support|allow|expect|accept)\w*.{0,40}\broles?\b|alternat|"
    r"(?:support|allow|accept)\w* ['\"`]?(?:system|developer)\b"
)

Step = tuple[str, Callable[[Form], Form]]  # something to try, and the name under which it is tried once for a request


def learned(form: Form, refusal: Refusal, sent: Fields, tried: set[str]) -> Form | None:
    """Return a form that does not meet with a refusal again; None if there is nothing to learn from it.

    Args:
        form: The form in which the request was sent.
        refusal: What the endpoint said.
        sent: The request as it was sent.
        tried: What was tried for this request; what this function tries is added.
    """
    for name, step in _steps(form, refusal, sent):
        if name not in tried:
            tried.add(name)
            return step(form)
    return None


def _steps(form: Form, refusal: Refusal, sent: Fields) -> Iterator[Step]:
    """Yield what may help, the likeliest first."""
    if refusal.is_of_content:
        return
    if refusal.says(UNFINISHED):
        yield from _more_room(form)
    elif refusal.is_too_long:
        yield from [("less room", lambda form: form.roomy(form.room // 4))] if form.room else []
    else:
        options = refusal.options(sent)
        for option in options:
            yield from _for_option(option, refusal, sent)
        if schema_of(sent) is not None and "response_format" not in options:
            yield from _for_keywords(refusal, sent)
        if refusal.status != 403 and not options:
            yield from _for_roles(refusal, sent)
            yield from _for_demands(refusal, sent)


def _more_room(form: Form) -> Iterator[Step]:
    for room in ROOMS:
        if room > form.room:
            yield f"room {room}", lambda form, room=room: form.roomy(room)  # type: ignore[misc]


def _for_option(option: str, refusal: Refusal, sent: Fields) -> Iterator[Step]:
    if option == "response_format":
        yield from _for_keywords(refusal, sent)
        yield from _for_format(refusal, sent)
        return
    number = "top_logprobs" if option == "logprobs" and "top_logprobs" in sent else option
    if number in BOUNDED and (change := _in_range(number, refusal, sent)):
        yield change.name, lambda form: form.plus(change)
    yield from _other_name(option, refusal, sent)
    yield f"without {option}", lambda form: form.without(option)


def _in_range(option: str, refusal: Refusal, sent: Fields) -> Any:
    """Return the change that brings an option into the range that a refusal names, if it is out of it."""
    low, high, above = refusal.bounds()
    if option == "temperature" and above:
        low = COLDEST
    if high is not None and high < 1 and option != "temperature":
        return None
    change = bounded(option, low, high)
    return change if change.apply(sent) is not sent else None


def _other_name(option: str, refusal: Refusal, sent: Fields) -> Iterator[Step]:
    """Yield another name for an option: of the two for the limit, and Mistral's for the seed where unknown fields are refused."""
    if option in LIMITS:
        (other,) = set(LIMITS) - {option}
        room = ROOMS[0] if other == "max_completion_tokens" else 0
        if f"{other} as {option}" not in sent:
            yield f"limit as {other}", lambda form: _renamed_limit(form, option, other, room)
    elif option == "seed" and refusal.says("random_seed|extra_forbidden|extra (?:inputs|fields)"):
        yield "random_seed", lambda form: form.plus(renamed("seed", "random_seed"))


def _renamed_limit(form: Form, option: str, other: str, room: int) -> Form:
    form = form.plus(renamed(option, other))
    return form.roomy(max(room, form.room)) if room else form


def _for_keywords(refusal: Refusal, sent: Fields) -> Iterator[Step]:
    """Yield what makes a JSON schema simpler, as far as a refusal names what is too much."""
    schema = schema_of(sent)
    if schema is None:
        return
    if NOT_STRICT.apply(sent) is not sent and refusal.says(r"required to be supplied|\bstrict\b|every key"):
        yield NOT_STRICT.name, lambda form: form.plus(NOT_STRICT)
    for word in sorted(keywords_of(schema)):
        if refusal.names(word):
            yield f"keyword {word}", lambda form, word=word: form.plus(without_keyword(word))  # type: ignore[misc]


def _for_format(refusal: Refusal, sent: Fields) -> Iterator[Step]:
    """Yield the next simpler way to ask for JSON."""
    changes = [AS_OBJECT] if schema_of(sent) is not None else [AS_ANY_SCHEMA] if refusal.says(r"(?:must be|only).{0,20}json_schema") else []
    for change in [*changes, AS_INSTRUCTION]:
        yield change.name, lambda form, change=change: form.plus(change)  # type: ignore[misc]


def _for_roles(refusal: Refusal, sent: Fields) -> Iterator[Step]:
    """Yield how the messages may be put: who may speak, in which order, and whether an answer may be begun."""
    if begun_answer(sent) and refusal.says(BEGUN):
        yield from [(MARK.name, lambda form: form.plus(MARK))] if refusal.says("prefix") else []
        yield INSTRUCT.name, lambda form: form.plus(INSTRUCT)
    of_role = any(re.search(r"messages\b.*\brole", name) for name in refusal.named)
    if (of_role or refusal.says(ROLES)) and FOLD.apply(sent) is not sent:
        yield FOLD.name, lambda form: form.plus(FOLD)


def _for_demands(refusal: Refusal, sent: Fields) -> Iterator[Step]:
    """Yield an option that the page does not give and the endpoint wants switched on or off."""
    found = DEMANDED.search(refusal.words)
    if found and found[1] not in {*sent, *KEPT}:
        change = demanded(found[1], found[2].lower() == "true")
        yield change.name, lambda form: form.plus(change)


# --- one endpoint's dialect -----------------------------------------------------------------------------------------

IN_VAIN = 3  # answers without the log-probabilities asked for, and never one with them, until no more are asked
MOST_TRIES = 12  # requests for one answer: gpt-5 takes five to learn all that pages ask
CHATS_ONLY = r"chat model|chat/completions|completions? (?:endpoint|route|api|operation)|\bprompt\b"
NO_RAW = (
    "The endpoint has no raw completions of '{model}' ({status}), so what this cell reads from one is not measured. "
    "Go on with the next cell; if chats fail too, check OPENAI_BASE_URL."
)
AGAIN = "{model} was cut off, and asked again with more room; its account counts both."
NOT_TOLD = "The endpoint tells no log-probabilities of '{model}', so what is read from them is not measured. Choose another model to measure it."


class Dialect:
    """How one model at one address takes requests: learned from its refusals, kept for the process.

    Args:
        model: The model's name.
    """

    def __init__(self, model: str) -> None:
        """Know nothing yet: requests are sent as they are asked."""
        self.model = model
        self.form = Form()
        self._never_thinks = False
        self._untold = 0  # answers in a row that came without the log-probabilities asked for; below 0 once one had them
        self._lock = threading.Lock()

    @property
    def changes(self) -> tuple[str, ...]:
        """What is put otherwise, a sentence each."""
        return tuple(f"{self.model} {change.says}." for change in self.form.changes)

    def adapted(self, fields: Fields) -> Fields:
        """Return a request's fields as they would be sent now, with room to think in their limit."""
        return self.form.apply(fields)

    def send(self, asked: Fields, post: Post) -> httpx2.Response:
        """Send a request in the form that the endpoint takes, and learn from its refusals.

        The response's extension `changed` holds a sentence for each thing that was put otherwise.

        Args:
            asked: The request's fields as the page asks.
            post: Sends fields, and returns the response.

        Raises:
            AnswerError: If the page needs log-probabilities that are not to be had; nothing is sent then.
        """
        form, tried, spent = self.form, set[str](), list[Fields]()
        for _ in range(MOST_TRIES):
            sent = form.apply(asked)
            self._require_measures(asked, sent, form)
            response = post(sent)
            if response.status_code == 200 and asked.get("stream"):
                self._keep(form)
                return response
            answer, refusal = _read(response)
            better = learned(form, refusal, sent, tried) if refusal else _roomier(form, answer, asked, tried)
            if better is None:
                break
            form, spent = better, [*spent, answer] if answer else spent
        else:
            response.headers["x-should-retry"] = "false"  # the openai client would start from the beginning
        if self._may_be_thinking(answer, asked, form):
            form, response, answer = self._asked_longer(form, response, answer, asked, post, spent)
        if refusal is None and self._tells_nothing(answer, asked):
            form = form.without("logprobs")
        if refusal is None:
            self._keep(form.roomy(ROOMS[0]) if not form.room and _thinks(answer) else form)
        changed = [f"{self.model} {change.says}." for change in form.of(asked)] + ([AGAIN.format(model=self.model)] if spent else [])
        response = _as_pages_read(response, answer, asked, sent, spent)
        response.extensions["changed"] = changed
        return response

    def _require_measures(self, asked: Fields, sent: Fields, form: Form) -> None:
        """Refuse a request for log-probabilities without them: its answer would be paid for and measure nothing."""
        if any(asked.get(name) and name not in sent for name in ("logprobs", "top_logprobs")):
            self._keep(form)
            raise AnswerError(NOT_TOLD.format(model=self.model), Why.UNMEASURED)

    def _tells_nothing(self, answer: Fields, asked: Fields) -> bool:
        """Tell whether the endpoint takes the wish for log-probabilities and never fulfils it: each such answer is paid for in vain."""
        choice, message = _first(answer)
        if not asked.get("logprobs") or not (message.get("content") or choice.get("text")):
            return False
        told = choice.get("logprobs")
        has = any(told.values()) if isinstance(told, dict) else bool(told)
        with self._lock:
            self._untold = -1 if has or self._untold < 0 else self._untold + 1
            return self._untold >= IN_VAIN

    def _may_be_thinking(self, answer: Fields, asked: Fields, form: Form) -> bool:
        """Tell whether an answer that was cut off begins as thoughts do: where the chat template wrote the opening tag, nothing else tells."""
        open_end = "messages" in asked and any(name in asked for name in LIMITS) and _is_cut_off(answer)
        known = self._never_thinks or form.room or _thinks(answer)
        text = str(_first(answer)[1].get("content"))
        return open_end and not known and (bool(MUSING.match(text)) or may_begin_thinking(text))

    def _asked_longer(
        self, form: Form, response: httpx2.Response, answer: Fields, asked: Fields, post: Post, spent: list[Fields]
    ) -> tuple[Form, httpx2.Response, Fields]:
        """Ask again with room: if an end of thinking comes, that is the answer; if not, the first one was, and it is not tried again."""
        for room in ROOMS:
            roomy = form.roomy(room)
            longer = post(roomy.apply(asked))
            found, _ = _read(longer)
            if _thinks(found):
                spent.append(answer)
                return roomy, longer, found
            spent += [found] if found else []
            if not _is_cut_off(found):
                break
        self._never_thinks = True
        return form, response, answer

    def _keep(self, form: Form) -> None:
        """Remember what was learned, and say on the page what is new."""
        with self._lock:
            news = [change for change in form.changes if change not in self.form.changes]
            room = max(form.room, self.form.room)
            self.form = self.form.plus(*form.changes)
            self.form = self.form.roomy(room) if room else self.form
        if news:
            say_once(f"{self.model} {'; it '.join(change.says for change in news)}.")


_known: dict[tuple[str, str], Dialect] = {}
_knowing = threading.Lock()


def dialect_of(address: str, model: str) -> Dialect:
    """Return what this process knows of a model at an address.

    Args:
        address: The address of the route, since one endpoint may take other options on another route.
        model: The model's name.
    """
    with _knowing:
        return _known.setdefault((address, model), Dialect(model))


def with_fields(request: httpx2.Request, fields: Fields) -> httpx2.Request:
    """Return a request that says these fields and is otherwise the same."""
    headers = [(name, value) for name, value in request.headers.multi_items() if name != "content-length"]
    return httpx2.Request(request.method, request.url, headers=headers, json=fields, extensions=request.extensions)


def require_raw(response: httpx2.Response, asked: Fields, model: str) -> None:
    """Refuse to go on where a page wants a raw completion and the endpoint has chats only.

    Raises:
        AnswerError: If so; what the page reads from it is not measured.
    """
    if "prompt" not in asked or response.status_code not in (400, 404, 405, 501):
        return
    response.read()
    refusal = read_refusal(response)
    if response.status_code != 400 or (
        refusal and refusal.says(r"chat model|chat/completions|completions? (?:endpoint|route|api|operation)|\bprompt\b")
    ):
        raise AnswerError(NO_RAW.format(model=model, status=response.status_code), Why.UNMEASURED)


# --- an answer as pages read it -------------------------------------------------------------------------------------


def _read(response: httpx2.Response) -> tuple[Fields, Refusal | None]:
    """Return a chat answer with thinking apart, or what is refused in its place; neither if it is nothing that this module knows."""
    response.read()
    try:
        answer = response.json() if response.status_code == 200 else None
    except (ValueError, RecursionError):
        answer = None
    if not (isinstance(answer, dict) and isinstance(answer.get("choices"), list)):
        return {}, read_refusal(response)
    return answer | {"choices": [choice_apart(choice) if isinstance(choice, dict) else choice for choice in answer["choices"]]}, None


def _first(answer: Fields) -> tuple[Fields, Fields]:
    """Return the first choice and its message, as far as they are there."""
    choice = next(iter(answer.get("choices") or []), None)
    choice = choice if isinstance(choice, dict) else {}
    message = choice.get("message")
    return choice, message if isinstance(message, dict) else {}


def _thinks(answer: Fields) -> bool:
    return bool(_first(answer)[1].get("reasoning_content")) or bool(tokens_of_thinking(answer))


def _roomier(form: Form, answer: Fields, asked: Fields, tried: set[str]) -> Form | None:
    """Return a form with more room to think, if an answer lacks it and more is to be had."""
    step = next(_more_room(form), None)
    if step and "less room" not in tried and "messages" in asked and _lacks_room(answer, asked, form.room):
        return step[1](form)
    return None


def _is_cut_off(answer: Fields) -> bool:
    return str(_first(answer)[0].get("finish_reason")).lower() in LENGTHS


def _lacks_room(answer: Fields, asked: Fields, room: int) -> bool:
    """Tell whether a model ran out of tokens while it thought, or thinking took those that the page gave for the answer."""
    limit = next((asked[name] for name in LIMITS if name in asked), None)
    choice, message = _first(answer)
    if limit is None or not message or not _is_cut_off(answer):
        return False
    if not str(message.get("content") or "").strip():
        return _thinks(answer) or not choice.get("logprobs")
    thought, usage = tokens_of_thinking(answer), answer.get("usage") or {}
    if thought and isinstance(usage.get("completion_tokens"), int):
        return bool(usage["completion_tokens"] - thought < limit)
    return _thinks(answer) != bool(room)  # one that is known to think, and shows no thought, is still at it


def _as_pages_read(response: httpx2.Response, answer: Fields, asked: Fields, sent: Fields, spent: list[Fields]) -> httpx2.Response:
    """Return a response whose answer has the shape that the page asked for; the very same one where it has."""
    if not answer or "messages" not in asked:
        return response
    loose = form_of(asked) in ("json_schema", "json_object") and form_of(sent) != form_of(asked)
    begun = begun_answer(sent) or {}
    for choice in answer["choices"]:
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(message, dict) and isinstance(text := message.get("content"), str):
            text = text.removeprefix(begun["content"]) if begun.get("prefix") else text
            message["content"] = only_json(text) if loose else text
    if "usage" in answer or spent:
        answer["usage"] = _account([*spent, answer])
    if answer == response.json():
        return response
    body = json.dumps(answer).encode()  # as it came, infinite numbers too: whether it can be used is judged elsewhere
    return httpx2.Response(200, headers={"content-type": "application/json"}, content=body, request=response.request)


COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def _account(answers: list[Fields]) -> Any:
    """Return what the answers to one request took together; thinking counts as output. None where one of several does not say."""
    usages = [_with_thinking(answer) for answer in answers]
    if len(usages) == 1:
        return usages[0]
    if not all(isinstance(usage, dict) and all(isinstance(usage.get(name), int) for name in COUNTS[:2]) for usage in usages):
        return None
    total = {name: sum(usage[name] for usage in usages) for name in COUNTS[:2]}
    thought = sum(tokens_of_thinking({"usage": usage}) or 0 for usage in usages)
    return usages[-1] | total | {"total_tokens": sum(total.values()), "completion_tokens_details": {"reasoning_tokens": thought}}


def _with_thinking(answer: Fields) -> Any:
    """Return an answer's account with thinking among its output; Google's route counts it in the total alone."""
    usage = answer.get("usage")
    if not isinstance(usage, dict) or not all(isinstance(usage.get(name), int) for name in COUNTS):
        return usage
    hidden = usage["total_tokens"] - usage["prompt_tokens"] - usage["completion_tokens"]
    if hidden <= 0:
        return usage
    output = usage["completion_tokens"] + hidden
    return usage | {"completion_tokens": output, "completion_tokens_details": {"reasoning_tokens": tokens_of_thinking(answer)}}
