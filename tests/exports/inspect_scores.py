"""Run an exported task in Inspect on answers already given, and write what Inspect made of it. Needs inspect_ai alone.

Arguments: the task file, a JSON file with the answers by sample id, the JSON file to write.
"""

import json
import os
import sys
from pathlib import Path

from inspect_ai import eval as evaluate
from inspect_ai.dataset import json_dataset
from inspect_ai.model import ModelOutput, ModelUsage, get_model

task, given, out = (Path(argument).resolve() for argument in sys.argv[1:])
os.chdir(task.parent)  # Inspect looks for tasks below the working folder
answers = json.loads(given.read_text(encoding="utf-8"))
samples = list(json_dataset(str(task.parent / "samples.jsonl")))
outputs = [ModelOutput.from_content("mockllm/model", answers[sample.id]) for sample in samples]
for output in outputs:
    output.usage = ModelUsage()  # else Inspect fetches a tokenizer from the web to count
logs = evaluate(task.name, model=get_model("mockllm/model", custom_outputs=outputs), max_samples=1, display="none", log_dir=str(out.parent / "logs"))

told = {
    "status": logs[0].status,
    "samples": {s.id: {"input": s.input, "target": s.target, "metadata": s.metadata} for s in samples},
    "messages": {s.id: [[m.role, m.text] for m in s.messages[:2]] for s in logs[0].samples or []},
    "answers": {s.id: s.output.completion for s in logs[0].samples or []},
    "scores": {s.id: {name: score.value == "C" for name, score in (s.scores or {}).items()} for s in logs[0].samples or []},
    "metrics": {score.name: score.metrics["accuracy"].value for score in (logs[0].results.scores if logs[0].results else [])},
}
out.write_text(json.dumps(told), encoding="utf-8")
