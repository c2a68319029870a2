"""Texts that are looked for: where such a text begins and ends, and how it is written."""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner

_QUOTES = "\"'`“”‘’(<>=%"  # noqa: RUF001


def is_name(scan: Scanner, position: int) -> bool:
    """Tell whether what stands here is written with a capital, as a text to look for."""
    item = scan.at(position)
    if item.kind not in {"word", "mention"}:
        return False
    return scan.sentence.tokens[item.start].text[:1].isupper() and not item.cues


def is_letter(scan: Scanner, position: int) -> bool:
    """Tell whether "a" is a letter, for no noun follows that it would lead to: "starts with A"."""
    after = scan.at(position + 1)
    ends = after.kind == "mark" or after.text in {"", "or", "and", "but"}
    return scan.at(position).text in {"a", "i"} and ends


def marked_text(scan: Scanner, position: int) -> tuple[str, int] | None:
    """Return a text that begins with a mark, ".com" or "@gmail.com", and the last item of it."""
    start = _end(scan, position - 1)
    text = (scan.sentence.text[start:].split() or [""])[0].rstrip("?,.;:!)")
    if not text or text[0].isalnum() or text[0] in _QUOTES:
        return None
    end = scan.sentence.text.index(text, start) + len(text)
    last = position - 1
    while last + 1 < len(scan.items) and _end(scan, last + 1) <= end:
        last += 1
    return text, last


def run_end(scan: Scanner, position: int) -> int:
    """Return the last item of a text written without blanks: "x.org", "AB-12/3"."""
    text = scan.sentence.text
    while position + 1 < len(scan.items):
        gap = text[_end(scan, position) : _start(scan, position + 1)]
        glued = gap in {"", ".", "-", "/", "@", "_"}
        if (
            not glued
            or (scan.at(position + 1).text in {"?", ".", ","} and _ends(text, scan, position + 1))
            or scan.at(position).kind == "quoted"
        ):
            return position
        position += 1
    return position


def _ends(text: str, scan: Scanner, position: int) -> bool:
    """Tell whether a mark stands at the end of a word: the one in "post.example" does not."""
    return not text[_end(scan, position) :][:1].isalnum()


def behind_list(scan: Scanner, position: int) -> int:
    """Return where a list of quoted texts ends: "containing 'oil' or 'fat' in the name"."""
    end = position + 1
    while scan.at(end).text in {"or", ","} and scan.at(end + 1).kind == "quoted":
        end += 2
    return end


def written(scan: Scanner, first: int, last: int) -> str:
    """Return the text as it is written from one item to another, without quotes."""
    return scan.sentence.text[_start(scan, first) : _end(scan, last)].strip("\"'“”‘’`")  # noqa: RUF001


def _start(scan: Scanner, position: int) -> int:
    return scan.sentence.tokens[scan.at(position).start].start


def _end(scan: Scanner, position: int) -> int:
    return scan.sentence.tokens[scan.at(position).end - 1].end
