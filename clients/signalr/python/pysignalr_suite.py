"""Runs the own integration tests of pysignalr against our hub: python pysignalr_suite.py

They come with the package's source archive and expect a server in a container. The example `weatherhub` takes its place:
`cargo build -p signalr --example weatherhub` makes it; SIGNALR_WEATHERHUB names another one.
"""

import importlib.metadata
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import types

BUILT = pathlib.Path(__file__).parents[3] / "target/debug/examples/weatherhub"
SUITE = "tests/test_pysignalr/test_pysignalr.py"


def source(folder):
    """The source archive of the installed version, unpacked."""
    version = importlib.metadata.version("pysignalr")
    wanted = ["--no-deps", "--no-binary=:all:", f"--dest={folder}", f"pysignalr=={version}"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *wanted], check=True)
    with tarfile.open(next(folder.glob("pysignalr-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"pysignalr-{version}"


class Server:
    """A plugin for pytest: our server in place of the container."""

    def __init__(self, address):
        self.address = address

    def pytest_fixture_setup(self, fixturedef, request):
        if fixturedef.argname != "aspnet_server":
            return None
        fixturedef.cached_result = (self.address, fixturedef.cache_key(request), None)
        return self.address


def main():
    # The tests import the client of a container service, and do nothing with it but start the server.
    docker = types.ModuleType("docker.client")
    docker.DockerClient = object
    sys.modules.update({"docker": types.ModuleType("docker"), "docker.client": docker})
    import pytest

    server = subprocess.Popen([os.environ.get("SIGNALR_WEATHERHUB", BUILT)], stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().removeprefix("listening on http://").strip()
        with tempfile.TemporaryDirectory() as folder:
            suite = source(pathlib.Path(folder)) / SUITE
            options = ["-q", "--disable-warnings", "-p", "no:cacheprovider", "-p", "no:logging", "-o", "asyncio_mode=auto"]
            return pytest.main([*options, str(suite)], plugins=[Server(address)])
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
