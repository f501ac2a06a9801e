"""Simulate the 5,000 orders of Pellwick, an invented shop, with a known chance of being late.

Nothing here is measured: every row is drawn by this script, with numpy's default_rng(SEED).

The features, each row on its own, in the order of the columns:

* order_id: 300001 to 305000, in no order of time; tells nothing about late.
* order_month: 2025-03 to 2026-08; month i (0 to 17) has weight 1 + 0.03 i, times 1.5 in November
  and December 2025 (the busy months).
* distance_km: lognormal, exp of Normal(4.6 + 0.5 remote_area, 0.6), kept within 5 to 900, 1 decimal.
* weight_kg: Gamma(shape 1.6, scale 2.0) times the square root of items, kept within 0.1 to 60, 2 decimals.
* items: 1 + Poisson(1.2), the Poisson part at most 8.
* warehouse_load: Beta(7, 3) in the busy months, Beta(5, 4) in all others, 2 decimals.
* promised_days: 2, 3, 4, 5, 7 with chances 0.20, 0.30, 0.25, 0.15, 0.10.
* hour_ordered: floor of Triangular(0, 19, 24), so 0 to 23.
* weekday: 1 (Monday) to 7 with chances 0.16, 0.14, 0.13, 0.13, 0.13, 0.14, 0.17.
* remote_area: 1 with chance 0.12, else 0.

The outcome, worked out from the rounded values as they stand in the file:

    logit P(late) = -2.85
        + 0.45 * distance_km / 100
        + 0.25 * weight_kg / 10
        + 0.10 * (items - 1)
        + 2.00 * (warehouse_load - 0.5)
        + 1.30 * [warehouse_load > 0.85]               threshold
        - 0.40 * (promised_days - 3)
        + 0.60 * [hour_ordered >= 16]                  threshold
        + 0.30 * [weekday >= 6]
        + 0.50 * remote_area
        + 0.60 * remote_area * distance_km / 100       interaction

    late = yes with chance P(late), drawn once a row (Bernoulli): noise that no model can learn.

The month acts on late only through warehouse_load. The script prints the scores of the true
P(late) on these very rows (accuracy at the cut 0.5):

    late share: 0.2206
    accuracy of always 'no': 0.7794
    best accuracy: 0.8202
    best log loss: 0.4332
    best AUROC: 0.7721

No model is expected to beat them; by luck one may, a little, on a part of the rows.
Run with numpy 2.4.6, twice, the script gave the same file byte for byte.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]

SEED = 20260831
ROWS = 5000
FIRST_ORDER_ID = 300001
MONTHS = [f"{2025 + (2 + i) // 12}-{(2 + i) % 12 + 1:02d}" for i in range(18)]
BUSY_MONTHS = ("2025-11", "2025-12")
WEEKDAY_SHARES = (0.16, 0.14, 0.13, 0.13, 0.13, 0.14, 0.17)
PROMISED_DAYS = (2, 3, 4, 5, 7)
PROMISED_SHARES = (0.20, 0.30, 0.25, 0.15, 0.10)
HOUR_MODE = 19
HOUR_LOW, HOUR_HIGH = 0, 24
COEFFICIENTS = {
    "intercept": -2.85,
    "distance_100km": 0.45,
    "weight_10kg": 0.25,
    "items_above_1": 0.10,
    "load_centred": 2.00,
    "load_above_085": 1.30,
    "promised_days": -0.40,
    "after_cutoff": 0.60,
    "weekend": 0.30,
    "remote": 0.50,
    "remote_x_distance": 0.60,
}


def draw_month(rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the index of the order month.

    Args:
        rng: The random generator.

    Returns:
        One index into MONTHS a row; later months are likelier, busy ones more so.
    """
    weights = 1.0 + 0.03 * np.arange(len(MONTHS))
    weights *= np.where(np.isin(MONTHS, BUSY_MONTHS), 1.5, 1.0)
    return rng.choice(len(MONTHS), size=ROWS, p=weights / weights.sum())


def draw_load(rng: np.random.Generator, month: NDArray[np.int64]) -> Array:
    """Draw the warehouse load, higher in the busy months.

    Args:
        rng: The random generator.
        month: Index of the order month, one a row.

    Returns:
        Loads between 0 and 1, rounded to 2 decimals.
    """
    busy = np.isin(np.array(MONTHS)[month], BUSY_MONTHS)
    load: Array = np.where(busy, rng.beta(7, 3, ROWS), rng.beta(5, 4, ROWS))
    return np.round(load, 2)


def draw_parcel(rng: np.random.Generator) -> Columns:
    """Draw what is sent and how far.

    Args:
        rng: The random generator.

    Returns:
        The columns distance_km, weight_kg, items and remote_area.
    """
    remote = (rng.random(ROWS) < 0.12).astype(np.int64)
    distance = np.exp(rng.normal(4.6 + 0.5 * remote, 0.6, ROWS))
    items = 1 + np.minimum(rng.poisson(1.2, ROWS), 8)
    weight = rng.gamma(1.6, 2.0, ROWS) * np.sqrt(items)
    return {
        "distance_km": np.round(np.clip(distance, 5.0, 900.0), 1),
        "weight_kg": np.round(np.clip(weight, 0.1, 60.0), 2),
        "items": items,
        "remote_area": remote,
    }


def draw_features(rng: np.random.Generator) -> Columns:
    """Draw every feature column.

    Args:
        rng: The random generator.

    Returns:
        The columns in the order they stand in the file, without late.
    """
    month = draw_month(rng)
    parcel = draw_parcel(rng)
    hour = rng.triangular(HOUR_LOW, HOUR_MODE, HOUR_HIGH, ROWS)
    return {
        "order_id": FIRST_ORDER_ID + np.arange(ROWS),
        "order_month": np.array(MONTHS)[month],
        "distance_km": parcel["distance_km"],
        "weight_kg": parcel["weight_kg"],
        "items": parcel["items"],
        "warehouse_load": draw_load(rng, month),
        "promised_days": rng.choice(PROMISED_DAYS, ROWS, p=PROMISED_SHARES),
        "hour_ordered": np.floor(hour).astype(np.int64),
        "weekday": rng.choice(np.arange(1, 8), ROWS, p=WEEKDAY_SHARES),
        "remote_area": parcel["remote_area"],
    }


def model_terms(cols: Columns) -> Columns:
    """Work out the terms of the logit from the values as written to the file.

    Args:
        cols: The feature columns.

    Returns:
        One array for each key of COEFFICIENTS.
    """
    distance = cols["distance_km"] / 100
    return {
        "intercept": np.ones(ROWS),
        "distance_100km": distance,
        "weight_10kg": cols["weight_kg"] / 10,
        "items_above_1": cols["items"] - 1,
        "load_centred": cols["warehouse_load"] - 0.5,
        "load_above_085": cols["warehouse_load"] > 0.85,
        "promised_days": cols["promised_days"] - 3,
        "after_cutoff": cols["hour_ordered"] >= 16,
        "weekend": cols["weekday"] >= 6,
        "remote": cols["remote_area"],
        "remote_x_distance": cols["remote_area"] * distance,
    }


def late_probability(cols: Columns) -> Array:
    """Work out the true P(late).

    Args:
        cols: The feature columns.

    Returns:
        One probability a row.
    """
    terms = model_terms(cols)
    logit = sum(c * terms[name] for name, c in COEFFICIENTS.items())
    return 1.0 / (1.0 + np.exp(-np.asarray(logit, dtype=np.float64)))


def auroc(p: Array, late: NDArray[np.bool_]) -> float:
    """Work out the area under the ROC curve, ties counted as half.

    Args:
        p: A score for each row.
        late: The outcome of each row.

    Returns:
        The share of (late, on time) pairs that the score puts in the right order.
    """
    diff = p[late][:, None] - p[~late][None, :]
    return float(np.mean((diff > 0) + 0.5 * (diff == 0)))


def best_scores(p: Array, late: NDArray[np.bool_]) -> dict[str, float]:
    """Score the true probabilities against the drawn outcomes.

    Args:
        p: The true P(late) of each row.
        late: The outcome of each row.

    Returns:
        The share of late orders and the scores no model is expected to beat.
    """
    return {
        "late share": float(late.mean()),
        "accuracy of always 'no'": float(1 - late.mean()),
        "best accuracy": float(np.mean((p > 0.5) == late)),
        "best log loss": float(-np.mean(np.log(np.where(late, p, 1 - p)))),
        "best AUROC": auroc(p, late),
    }


def write_csv(path: Path, cols: Columns) -> None:
    """Write the columns as a CSV file.

    Args:
        path: The file to write.
        cols: The columns, in order.
    """
    formats = {"distance_km": ".1f", "weight_kg": ".2f", "warehouse_load": ".2f"}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(cols)
        for row in zip(*cols.values(), strict=True):
            writer.writerow(format(v, formats.get(k, "")) for k, v in zip(cols, row, strict=True))


def output_path() -> Path:
    """Read the output path from the command line.

    Returns:
        The path given, or orders.csv next to this script.
    """
    parser = argparse.ArgumentParser(description="Simulate 5,000 orders of Pellwick.")
    default = Path(__file__).resolve().parent / "orders.csv"
    parser.add_argument("output", nargs="?", type=Path, default=default)
    path: Path = parser.parse_args().output
    return path


def main() -> None:
    """Simulate the orders, write them and print the best possible scores."""
    path = output_path()
    rng = np.random.default_rng(SEED)
    cols = draw_features(rng)
    p = late_probability(cols)
    late = rng.random(ROWS) < p
    write_csv(path, cols | {"late": np.where(late, "yes", "no")})
    for name, value in best_scores(p, late).items():
        print(f"{name}: {value:.4f}")


if __name__ == "__main__":
    main()
