"""The program inside the frozen binary: `dagx`, a worker of it, or plain Python for what a worker starts.

A project without an interpreter of its own has this program as its `sys.executable`. What the project's code starts
with it (`[sys.executable, "-m", "json.tool"]`, a process pool) means Python, not the command line of dagx. The launcher
takes the mark away, so `dagx` itself can be called by a step too.
"""

import os
import sys
from types import ModuleType

MARK = "DAGX_AS_PYTHON"


def start() -> int | str | None:
    if os.environ.get("DAGX_WORKER") == "1":
        os.environ[MARK] = "1"
        # multiprocessing would have its children run this file again.
        sys.modules["__main__"] = ModuleType("__main__")
    elif os.environ.get(MARK) == "1":
        return as_python(sys.argv[1:])
    from dagx_cli.main import main  # noqa: PLC0415 - not needed as plain Python

    return main()


def as_python(arguments: list[str]) -> int | str:
    """Do what `python ARGUMENTS` does: -c, -m, a file, standard input, or a child of multiprocessing."""
    import runpy  # noqa: PLC0415 - 3 ms, which dagx itself is spared

    if arguments[:1] == ["--multiprocessing-fork"]:
        from multiprocessing.spawn import freeze_support  # noqa: PLC0415

        freeze_support()
    arguments = without_flags(arguments)
    match arguments:
        case ["-V" | "--version", *_]:
            print("Python " + sys.version.split()[0])
        case ["-c", code, *rest]:
            sys.argv = ["-c", *rest]
            sys.path.insert(0, "")
            run(code, "<string>")
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            sys.path.insert(0, os.getcwd())
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [] | ["-", *_]:
            sys.argv = arguments or [""]
            sys.path.insert(0, "")
            run(sys.stdin.read(), "<stdin>")
        case [path, *_] if not path.startswith("-"):
            sys.argv = arguments
            sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
            runpy.run_path(path, run_name="__main__")
        case _:
            return f"the Python inside dagx does not know {arguments[0]}"
    return 0


def without_flags(arguments: list[str]) -> list[str]:
    """Without the flags in front that change nothing here: -B, -Es, -X utf8 and their like."""
    rest = list(arguments)
    while rest and rest[0][:1] == "-" and rest[0][1:] and set(rest[0][1:]) <= set("bBdEiIOPqRsSuvx"):
        rest.pop(0)
    if rest and rest[0][:2] in ("-X", "-W"):
        return without_flags(rest[1 if rest[0][2:] else 2 :])
    return rest


def run(code: str, name: str) -> None:
    main = sys.modules["__main__"] = ModuleType("__main__")
    exec(compile(code, name, "exec"), main.__dict__)


if __name__ == "__main__":
    sys.exit(start())
