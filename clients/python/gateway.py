"""A gateway with its administrator, and the model that answers for it, for the tests of this folder."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import urllib.request

BUILT = pathlib.Path(__file__).parents[2] / "target/debug"
EMAIL, PASSWORD = "admin@example.com", "correct horse battery staple"
# What somebody who was made signs in with once.
FIRST_PASSWORD = "purple giraffe under water"
LIMIT = 20  # seconds that a test waits for what must happen
WHOLE = "Let me see.\n\nIt is forty-two 👋."
VERDICT = {"recommendation": "Tea.", "reasoning": "It keeps.", "confidence": 0.5, "keyPoints": ["It keeps."], "dissent": []}
RULES = [
    {"when": "Give your verdict.", "answer": [{"text": json.dumps(VERDICT)}]},
    {"when": "Tea or coffee?", "answer": [{"text": "Tea."}]},
    {
        "when": "six times seven",
        "answer": [
            {"text": "Let me "},
            {"text": "see."},
            {"tool_calls": [{"id": "c1", "name": "calculator.evaluate", "arguments": {"expression": "6*7"}}]},
        ],
    },
    {
        "when": "forget everything",
        "answer": [{"tool_calls": [{"id": "c2", "name": "memory.forget_all", "arguments": {}}]}],
    },
    {"when": "refused this", "answer": [{"text": "Then I will not."}]},
    {"when": "42", "answer": [{"text": "It is "}, {"text": "forty-two 👋."}]},
]


class Program:
    """A program that says on which address it listens."""

    def __init__(self, variable, name, arguments, folder, environment=None):
        self._process = subprocess.Popen(
            [os.environ.get(variable, BUILT / name), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": folder, **(environment or {})},
        )
        # Should it hang instead of listening, its end ends the reading.
        watchdog = threading.Timer(LIMIT, self._process.kill)
        watchdog.start()
        lines = (line.strip() for line in self._process.stdout)
        self.url = next((line.removeprefix("listening on ") for line in lines if line.startswith("listening on ")), None)
        watchdog.cancel()
        if self.url is None:
            self.stop()
            raise RuntimeError(f"{name} did not start")

    def stop(self):
        self._process.kill()
        self._process.wait(LIMIT)
        self._process.stdout.close()


class Gateway:
    """One has to sign in; `token` is the administrator's access token."""

    def __init__(self, settings=None):
        """`settings` are more `SOPHON__SECTION__KEY` variables."""
        self._folder = tempfile.mkdtemp(prefix="sophon-python-")
        rules = pathlib.Path(self._folder, "rules.json")
        rules.write_text(json.dumps(RULES))
        self._model = Program("MODEL_SERVER_BIN", "model-server", ["--script", str(rules)], self._folder)
        environment = {
            "SOPHON_ADMIN_EMAIL": EMAIL,
            "SOPHON_ADMIN_PASSWORD": PASSWORD,
            "SOPHON__LOG__FILTER": "error",
            "OPENAI_BASE_URL": f"{self._model.url}/v1",
            "OPENAI_API_KEY": "key",
            "SOPHON_MODEL": "scripted-1",
            **(settings or {}),
        }
        arguments = ["serve", "--listen", "127.0.0.1:0", "--data", f"{self._folder}/data"]
        self._program = Program("SOPHON_BIN", "sophon", arguments, self._folder, environment)
        self.url = self._program.url
        self.token = None
        self.token = self.sign_in(EMAIL)

    def sign_in(self, email):
        """The access token of somebody whose password is the administrator's."""
        return self.post("/api/auth/login", {"email": email, "password": PASSWORD})["accessToken"]

    def add_person(self, name, role, tenant=None):
        """Makes somebody with the administrator's password, as the administrator of a tenant of that name if one is named;
        returns an access token."""
        person = {"email": f"{name}@example.com", "name": name, "password": FIRST_PASSWORD}
        if tenant:
            self.post("/api/admin/tenants", {"name": tenant, "slug": tenant, "administrator": person})
        else:
            self.post("/api/admin/users", {**person, "role": role})
        first = self.post("/api/auth/login", {"email": person["email"], "password": FIRST_PASSWORD})["accessToken"]
        change = {"currentPassword": FIRST_PASSWORD, "newPassword": PASSWORD}
        self.post("/api/auth/password", change, token=first)
        return self.sign_in(person["email"])

    def post(self, path, body, token=None):
        """Sends JSON, as the administrator unless another token is given, and returns what is answered."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"content-type": "application/json"})
        token = token or self.token
        if token:
            request.add_header("authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=LIMIT) as response:
            return json.load(response)

    def create_session(self):
        """The id of a new session."""
        return self.post("/api/sessions", {"title": "A session"})["id"]

    def stop(self):
        self._program.stop()
        self._model.stop()
        shutil.rmtree(self._folder)
