#!/usr/bin/env python3
"""Writes text files into a C++ source, so that the program carries them.

usage: embed_text.py OUTPUT NAMESPACE ARRAY HEADER FILE...

HEADER declares `struct EmbeddedText { std::string_view name, text; };` and
`std::span<const EmbeddedText> ARRAY()` in NAMESPACE.
"""
import pathlib
import sys

DELIMITER = "embedded"


def main() -> None:
    output, namespace, array, header, *files = sys.argv[1:]
    lines = [
        f'#include "{header}"',
        "",
        "#include <array>",
        "",
        f"namespace {namespace} {{",
        "",
        "namespace {",
        "",
        f"constexpr std::array<EmbeddedText, {len(files)}> texts{{{{",
    ]
    for name in sorted(files):
        path = pathlib.Path(name)
        text = path.read_text(encoding="ascii")
        if f"){DELIMITER}\"" in text:
            sys.exit(f"{name}: holds the delimiter of its own literal")
        lines.append(f'    {{"{path.name}", R"{DELIMITER}({text}){DELIMITER}"}},')
    lines += [
        "}};",
        "",
        "}  // namespace",
        "",
        f"std::span<const EmbeddedText> {array}() {{",
        "    return texts;",
        "}",
        "",
        f"}}  // namespace {namespace}",
        "",
    ]
    pathlib.Path(output).write_text("\n".join(lines), encoding="ascii")


main()
