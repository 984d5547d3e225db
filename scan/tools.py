"""The judges' tools: installs them in fixed versions and runs them.

Python's lie in virtual environments under `target/scan`, JavaScript's in `scan/node_modules`, each by a lock file with hashes and without
any script of theirs; the others are Debian's.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDER = ROOT / "target" / "scan"
PYTHON_LOCKS = ["requirements", "requirements-wapiti"]
CHROMIUM = "/usr/bin/chromium"

DEBIAN = {
    "chromium": "chromium",
    "dig": "dnsutils",
    "ffuf": "ffuf",
    "hexdump": "bsdextrautils",
    "nmap": "nmap",
    "openssl": "openssl",
    "slowhttptest": "slowhttptest",
    "testssl": "testssl.sh",
    "whatweb": "whatweb",
}
"""Programs, and the packages that they come in."""

SMALL_ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TERM") if name in os.environ}


class Missing(Exception):
    """A tool that could not be had, with the way to get it."""


@dataclass(frozen=True)
class Done:
    output: str
    status: int
    in_time: bool


def run(command: list, limit: float, environment: dict[str, str] | None = None, given: str | None = None) -> Done:
    """Runs a tool at low priority, for `limit` seconds at most; both of its outputs come back as one."""
    process = subprocess.Popen(
        ["nice", "-n", "10", *map(str, command)],
        cwd=FOLDER,
        env={**SMALL_ENVIRONMENT, **(environment or {})},
        stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(given, limit)
        return Done(output, process.returncode, True)
    except subprocess.TimeoutExpired:
        # Tools have children, and a browser many.
        os.killpg(process.pid, 15)
        try:
            output, _ = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            output, _ = process.communicate()
        return Done(output, process.returncode, False)


def python(name: str, lock: str = "requirements") -> Path:
    """A program out of the virtual environment that a lock file fills."""
    return FOLDER / lock / "bin" / name


def node(name: str) -> Path:
    return HERE / "node_modules" / ".bin" / name


def driver(name: str, *arguments, limit: float = 120, given: str | None = None, **environment: str):
    """Runs one of our scripts in `browser/` and reads the JSON of its last line."""
    done = run(["node", HERE / "browser" / f"{name}.mjs", *arguments], limit, {"CHROME_PATH": CHROMIUM, **environment}, given)
    if done.status != 0 or not done.in_time:
        raise RuntimeError(f"{name}.mjs failed: {done.output.strip()[-600:]}")
    return json.loads(done.output.strip().splitlines()[-1])


def version_of_package(name: str) -> str:
    return json.loads((HERE / "node_modules" / name / "package.json").read_text())["version"]


def version_of_python_package(name: str) -> str:
    locks = "".join((HERE / f"{lock}.txt").read_text() for lock in PYTHON_LOCKS)
    return re.search(rf"^{name}==(\S+)", locks, re.MULTILINE)[1]


def version_of_debian_package(name: str) -> str:
    done = run(["dpkg-query", "-W", "-f", "${Version}", name], 10)
    return done.output.strip() if done.status == 0 else "?"


def install() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    _install_debian_packages()
    for lock in PYTHON_LOCKS:
        _install_python_packages(lock)
    _install_node_packages()


def _install_debian_packages() -> None:
    missing = sorted({package for program, package in DEBIAN.items() if shutil.which(program) is None})
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"these programs are missing: {names}. On Debian: apt-get install --no-install-recommends {names}")
    print(f"Installing Debian's packages {names}.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        if subprocess.run(["apt-get", *words], env=environment, stdout=subprocess.DEVNULL).returncode != 0:
            raise Missing(f"Debian's packages could not be installed. Try: apt-get install --no-install-recommends {names}")


def _install_python_packages(name: str) -> None:
    folder, lock = FOLDER / name, HERE / f"{name}.txt"
    if _is_installed(folder, lock):
        return
    print(f"Installing the judges of {lock.name}.", flush=True)
    cure = "Python 3.10 or newer with its module venv is needed (Debian: apt-get install python3-venv)"
    _must([sys.executable, "-m", "venv", "--clear", folder], cure)
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    cure = f"the packages of scan/{lock.name} could not be installed"
    _must([python("python", name), "-m", "pip", "install", *options, "-r", lock], cure)
    _mark(folder, lock)


def _install_node_packages() -> None:
    folder, lock = HERE / "node_modules", HERE / "package-lock.json"
    if _is_installed(folder, lock):
        return
    print("Installing the judges that are written in JavaScript.", flush=True)
    _must(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        "the packages of scan/package-lock.json could not be installed; Node.js 20 or newer with npm is needed",
        cwd=HERE,
    )
    # The Observatory fetches two lists where its scripts run. No list of the world's knows this site.
    lists = folder / "@mdn" / "mdn-http-observatory" / "conf"
    (lists / "hsts-preload.json").write_text("{}")
    (lists / "tld-list.json").write_text('["localhost"]')
    _mark(folder, lock)


def _must(command: list, cure: str, cwd: Path = FOLDER) -> None:
    try:
        done = subprocess.run(command, cwd=cwd, env={**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"})
    except FileNotFoundError as cause:
        raise Missing(f"{cause.filename} is missing: {cure}") from cause
    if done.returncode != 0:
        raise Missing(cure)


def _is_installed(folder: Path, lock: Path) -> bool:
    mark = folder / ".installed"
    return mark.is_file() and mark.read_text() == _fingerprint(lock)


def _mark(folder: Path, lock: Path) -> None:
    (folder / ".installed").write_text(_fingerprint(lock))


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
