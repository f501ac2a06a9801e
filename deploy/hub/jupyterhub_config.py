"""JupyterHub for a class of about thirty on one Linux machine: `book/instructor/hub.md` says how to use this file.

Start it as root: jupyterhub -f deploy/hub/jupyterhub_config.py. It listens on this machine alone. To let a room in, put a web
server with a certificate in front of it.
"""

import os
import subprocess
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent  # one environment for the hub, the learners' servers and the kernels: deploy/hub/requirements.txt
STATE = Path(os.environ.get("SIDEBYSIDE_HUB_STATE", "/srv/side-by-side"))  # the hub's database, its secrets and the exchange
PORT = int(os.environ.get("SIDEBYSIDE_HUB_PORT", "8000"))  # and the two after it
NEEDED = ("_toc.yml", "book", "cases", "exercises", "lessons", "notebooks", "outputs", "recordings")  # a learner's copy: no solutions

c = get_config()  # noqa: F821  JupyterHub provides it

# The machine's doors: the proxy for browsers, its own door for the hub, and the hub's door for servers.
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 1}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(COURSE / "deploy/hub/node_modules/.bin/configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")

# Who may come in: people with an account on this machine, in this group. Each needs a password of their own, for work is graded by name.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.PAMAuthenticator.allowed_groups = {os.environ.get("SIDEBYSIDE_HUB_GROUP", "side-by-side")}


def give_copy(spawner: object) -> None:
    """Give a learner who comes for the first time a copy of the course, made under the learner's own name."""
    name = spawner.user.name
    copy = f'test -e ~/side-by-side || (mkdir ~/side-by-side && cd "{COURSE}" && cp -r {" ".join(NEEDED)} ~/side-by-side/)'
    subprocess.run(["runuser", "-l", name, "-c", copy], check=True)


c.Spawner.pre_spawn_hook = give_copy
c.Spawner.cmd = [str(PROGRAMS / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab/tree/side-by-side/book/start-here.md"
c.Spawner.environment = {
    "SIDEBYSIDE_HUB_STATE": str(STATE),  # where nbgrader finds the exchange
    "SIDEBYSIDE_WEIGHTS_DIR": str(STATE / "weights"),  # larger models, fetched once for everybody (book/instructor/hub.md)
    # One endpoint for all, in place of a small model in each kernel (book/instructor/rooms.md says when). For example:
    # "SIDEBYSIDE_MODEL": "its-name", "OPENAI_BASE_URL": "http://127.0.0.1:8100/v1", "OPENAI_API_KEY": "any", "SIDEBYSIDE_PRICE": "0/0",
}

# A server that nobody has used for an hour is stopped; its files stay.
c.JupyterHub.services = [{"name": "idle", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}]
c.JupyterHub.load_roles = [{"name": "idle", "services": ["idle"], "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]}]
