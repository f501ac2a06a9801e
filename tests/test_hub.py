"""The shared server: the same packages as the course, no solutions for learners, hints without tracebacks in the feedback."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.converters import GenerateAssignment
from traitlets.config import Config, PyFileConfigLoader

from sidebyside.grammar import NEXT
from sidebyside.jupyter import DATA
from sidebyside.jupyter.lab import START

HOME = Path(__file__).resolve().parent.parent
HUB = HOME / "deploy" / "hub"


def settings(name: str) -> Config:
    return PyFileConfigLoader(name, path=str(HUB)).load_config()


def versions(file: Path) -> set[tuple[str, str]]:
    return set(re.findall(r"^([\w.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.M))


def test_a_shared_server_has_the_course_s_packages_in_the_same_versions() -> None:
    course, hub = versions(HOME / "requirements.txt"), versions(HUB / "requirements.txt")
    assert course and course <= hub
    assert {"jupyterhub", "nbgrader", "nbgitpuller"} <= {name for name, _ in hub - course}
    assert hub <= versions(HOME / "requirements-dev.txt"), "run `make lock`"


def test_a_new_learner_gets_a_copy_under_their_own_name_and_without_solutions(monkeypatch) -> None:
    ran: list[list[str]] = []
    hook = settings("jupyterhub_config.py").Spawner.pre_spawn_hook
    monkeypatch.setattr("subprocess.run", lambda command, **_: ran.append(command))
    hook(SimpleNamespace(user=SimpleNamespace(name="anna")))
    assert ran[0][:3] == ["runuser", "-l", "anna"]
    assert "exercises" in ran[0][-1] and "solutions" not in ran[0][-1]
    assert {"book", "lessons", "notebooks"} <= set(ran[0][-1].split()), "without them there is no page to start on, or no lesson runs"


def test_a_learner_begins_at_start_here_and_sees_nothing_of_the_teacher_s() -> None:
    extension = json.loads((DATA / "share/jupyter/labextensions/sidebyside/package.json").read_text(encoding="utf-8"))["jupyterlab"]
    hidden = {f"@jupyter/nbgrader:{part}" for part in ("formgrader", "create-assignment", "course-list")}
    assert hidden <= set(extension["disabledExtensions"]) and "@jupyter/nbgrader:assignment-list" not in extension["disabledExtensions"]
    assert settings("jupyterhub_config.py").Spawner.default_url == f"/lab/tree/side-by-side/{START}"
    cluster = yaml.safe_load((HOME / "deploy/k8s/values.yaml").read_text(encoding="utf-8"))["singleuser"]
    assert cluster["defaultUrl"] == f"/lab/tree/side-by-side/{START}"


def test_every_door_of_the_hub_is_on_this_machine() -> None:
    hub = settings("jupyterhub_config.py")
    doors = [hub.JupyterHub.bind_url, hub.JupyterHub.hub_bind_url, hub.ConfigurableHTTPProxy.api_url]
    assert len(set(doors)) == 3 and all(door.startswith("http://127.0.0.1:") for door in doors)


def feedback_on(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    steps = [step for step in settings("nbgrader_config.py").GenerateFeedback.preprocessors if step.__name__ == "HintsForTracebacks"]
    assert len(steps) == 1
    return steps[0]()(notebook, {})[0]  # as nbconvert calls it: a step that is not enabled does nothing


def test_feedback_shows_the_hint_and_no_traceback() -> None:
    error = new_output("error", ename="AssertionError", evalue="Compare with <.", traceback=["Traceback …", "line 3"])
    table = new_output("stream", name="stdout", text="kept")
    cell = feedback_on(new_notebook(cells=[new_code_cell("x", outputs=[error, table])])).cells[0]
    assert cell.outputs[0].traceback == ["Compare with <."]
    assert cell.outputs[1].text == "kept"


def test_what_is_handed_out_has_no_ways_that_lead_nowhere_there() -> None:
    first = GenerateAssignment(config=settings("nbgrader_config.py")).preprocessors[0]
    task, ways = new_code_cell("x"), new_markdown_cell("## Go on", metadata={"tags": [NEXT.tag]})
    assert first()(new_notebook(cells=[task, ways]), {})[0].cells == [task]


def test_the_files_for_a_cluster_can_be_read_and_lead_to_one_another() -> None:
    values = yaml.safe_load((HOME / "deploy/k8s/values.yaml").read_text(encoding="utf-8"))["singleuser"]
    model, _, service = yaml.safe_load_all((HOME / "deploy/k8s/vllm.yaml").read_text(encoding="utf-8"))
    (port,) = service["spec"]["ports"]
    assert values["extraEnv"]["OPENAI_BASE_URL"] == f"http://{service['metadata']['name']}:{port['port']}/v1"
    pod = model["spec"]["template"]
    assert f"--model={values['extraEnv']['SIDEBYSIDE_MODEL']}" in pod["spec"]["containers"][0]["args"]
    assert service["spec"]["selector"] == pod["metadata"]["labels"]
    (rule,) = values["networkPolicy"]["egress"]
    assert rule["to"][0]["podSelector"]["matchLabels"] == pod["metadata"]["labels"]
    assert rule["ports"][0]["port"] == pod["spec"]["containers"][0]["ports"][0]["containerPort"]
