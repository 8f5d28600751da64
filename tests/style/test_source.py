"""The rules of doc/conventions.md about source files, so that the style cannot decay."""

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "ppocr_rare").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PAGES = sorted(path for kind in ("html", "css", "js") for path in (ROOT / "ppocr_rare").rglob(f"*.{kind}"))
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_TOOL_LINES = 260, 60, 60
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def place(path, node=None):
    return f"{path.relative_to(ROOT)}" + (f":{node.lineno}" if node else "")


def imports_of(path):
    """Modules of the package that a module imports when it is loaded: what stands in functions
    does not count, nor what is for type checkers alone."""
    modules = {name_of(other) for other in PACKAGE}
    nodes = list(tree_of(path).body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, FUNCTIONS) or isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        nodes.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (inner & modules) or ({node.module} & modules)


def test_files_are_short():
    files = PACKAGE + TOOLS + TESTS + PAGES
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {"index.html", "page.css", "page.js"} <= {path.name for path in files}
    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_functions_are_short():
    too_long = [
        place(path, node)
        for path in PACKAGE + TOOLS + TESTS
        for node in ast.walk(tree_of(path))
        if isinstance(node, FUNCTIONS) and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert too_long == []


def test_tools_are_thin():
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in TOOLS}
    assert {name: n for name, n in lengths.items() if n > MAX_TOOL_LINES and "predict_rec" not in name} == {}


def test_no_circle_of_imports():
    graph = {name_of(path): set(imports_of(path)) - {name_of(path)} for path in PACKAGE}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


# From the bottom up: a layer may import itself and those before it.
LAYERS = (
    {"errors", "schema"},
    {"registry"},
    {"utils"},
    {"data", "losses", "metrics", "modeling", "optimizer", "postprocess", "config"},
    {"builder"},
    {"engine"},
    {"serve"},
    {"__main__"},
)
# Of the engine, likewise. A training asks the doctor about its data, the doctor tries a training's step.
ROOMS = ({"read"}, {"batch", "evaluate", "export", "spot"}, {"train", "doctor"})


def test_imports_point_downward():
    upward = []
    for path in PACKAGE:
        for imported in imports_of(path):
            if levels(imported) > levels(name_of(path)):  # rooms count where both stand in the engine
                upward.append(f"{place(path)} imports {imported}")
    assert upward == []


def levels(name):
    """How high a module stands in the package, and in the engine where it is there; 0 where that is no question."""
    _, layer, room, *_ = *name.split("."), "", ""
    floors = ((layer, LAYERS), (room if layer == "engine" else "", ROOMS))
    return [next(height for height, parts in enumerate(rows) if part in parts) if part else 0 for part, rows in floors]


def test_only_the_edge_knows_yaml():
    knowing = {place(path) for path in PACKAGE if "yaml" in {*module_names(path)}}
    assert {Path(name).parts[1] for name in knowing} <= {"config", "builder.py", "registry.py"}


def module_names(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", PACKAGE, ids=place)
def test_modules_classes_and_functions_say_what_they_are(path):
    tree = tree_of(path)
    public = [node for node in tree.body if isinstance(node, (ast.ClassDef, *FUNCTIONS)) and node.name[0] != "_"]
    assert ast.get_docstring(tree) or not tree.body
    assert [place(path, node) for node in public if not ast.get_docstring(node)] == []


def test_nothing_is_evaluated_unpickled_or_asserted():
    found = []
    for path in PACKAGE + TOOLS:
        for node in ast.walk(tree_of(path)):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in {"eval", "exec", "pickle.load", "pickle.loads", "yaml.load", "paddle.load", "np.load"}:
                found.append(place(path, node))
            if isinstance(node, ast.Assert):
                found.append(place(path, node))
    assert found == []


def test_registered_classes_take_explicit_arguments():
    found = []
    for path in PACKAGE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, FUNCTIONS) and node.name == "__init__" and node.args.kwarg:
                found.append(place(path, node))
    assert found == []


def test_unit_tests_mirror_the_package():
    modules = {path.relative_to(ROOT / "ppocr_rare").with_suffix("") for path in PACKAGE}
    strays = []
    for test in (ROOT / "tests" / "unit").rglob("test_*.py"):
        folder = test.relative_to(ROOT / "tests" / "unit").parent
        subject = test.stem.removeprefix("test_")
        beside = [module.name for module in modules if module.parent == folder]
        if folder.name != subject and not any(subject.startswith(name) for name in beside):
            strays.append(place(test))
    assert strays == []


def test_what_systems_lack_is_asked_for_in_one_place():
    lacking = {"fcntl", "msvcrt", "resource", "pwd", "grp", "termios", "sched_getaffinity", "pthread_sigmask"}
    lacking |= {"SIGCHLD", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"}
    found = [
        f"{place(path)}: {name}"
        for path in PACKAGE + TOOLS
        if path.name != "platforms.py"
        for node in ast.walk(tree_of(path))
        for name in [node.attr if isinstance(node, ast.Attribute) else None, *module_names_in(node)]
        if name in lacking
    ]
    assert found == []


def module_names_in(node):
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module


def test_functions_say_what_they_take_and_give():
    functions, lacking = 0, []
    for path in PACKAGE + TOOLS:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, FUNCTIONS):
                functions += 1
                taken = node.args
                arguments = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
                named = [one for one in arguments if one is not None and one.arg not in ("self", "cls")]
                is_complete = all(one.annotation for one in named) and (node.returns or node.name == "__init__")
                lacking += [] if is_complete else [place(path, node)]
    assert len(lacking) <= 0.02 * functions, lacking
