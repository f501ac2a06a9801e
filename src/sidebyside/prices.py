"""What an answer costs: prices of hosted models with their date, from the library `genai-prices`."""

from __future__ import annotations

import datetime
import math
import os

from .errors import SettingsError


def price(model: str, input_tokens: int, output_tokens: int, day: str | None = None) -> float | None:
    """Return the price of an answer in US dollars, or None where it is unknown.

    Args:
        model: A hosted model's name, as its provider writes it.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        day: The day whose prices count, as YYYY-MM-DD; today if None.

    Source: the price library `genai-prices`, in the version pinned here; `SIDEBYSIDE_PRICE` goes before it for the model in force.
    """
    if (own := os.environ.get("SIDEBYSIDE_PRICE")) and model == os.environ.get("SIDEBYSIDE_MODEL"):
        try:
            in_price, out_price = (float(part) for part in own.split("/"))
            if not (0 <= in_price < math.inf and 0 <= out_price < math.inf):
                raise ValueError(own)
        except ValueError:
            raise SettingsError(f"SIDEBYSIDE_PRICE is '{own}'. Write two numbers: dollars for a million tokens in/out.") from None
        return (input_tokens * in_price + output_tokens * out_price) / 1e6
    from genai_prices import Usage, calc_price  # half a second that pages with the embedded model alone do not need

    when = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None
    try:
        usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        return float(calc_price(usage, model_ref=model, genai_request_timestamp=when).total_price)
    except LookupError:
        return None
