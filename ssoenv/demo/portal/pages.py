"""How a page looks. Every value that goes into one is escaped, and no page runs a script."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape

from ssoenv.demo.portal.wire import Fault, Response

STYLE = """
:root { color-scheme: light dark;
        --line: light-dark(#d5dbdb, #414d5c); --quiet: light-dark(#5f6b7a, #8d99a8) }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f4f4f4, #0f1b2a) }
header { padding: .8rem 1.5rem; background: #232f3e; color: #fff; font-weight: 600 }
main { max-width: 34rem; margin: 3rem auto; padding: 1.5rem 2rem 2rem; border: 1px solid var(--line);
       border-radius: 1rem; background: light-dark(#fff, #192534) }
h1 { margin: 0 0 1rem; font-size: 1.5rem }
.quiet { color: var(--quiet); font-size: .9rem }
code { font: 600 1.1rem ui-monospace, monospace; overflow-wrap: anywhere }
code.big { display: block; margin: 1rem 0; padding: .6rem; border: 1px dashed var(--line);
           border-radius: .5rem; text-align: center; font-size: 1.6rem; letter-spacing: .1em }
form { display: flex; gap: .8rem; margin-top: 1.5rem }
button { padding: .4rem 1.4rem; border: 2px solid #0972d3; border-radius: 2rem; background: none;
         color: inherit; font: inherit; font-weight: 600; cursor: pointer }
button.first { border-color: #ec7211; background: #ec7211; color: #111 }
input { flex: 1; padding: .4rem .8rem; border: 1px solid var(--line); border-radius: .5rem; font: inherit }
details { border-top: 1px solid var(--line); padding: .5rem 0 }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere }
ul { margin: .3rem 0 }
"""

HEADERS = {
    # Chromium applies form-action to the redirect after a form too: to the program that waits on loopback.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
        "img-src data:; form-action 'self' http://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>AWS access portal (ssoenv demo)</header>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def markup(template: str, **values: str) -> Markup:
    """Return *template* with each ``{name}`` filled in, escaped unless it is markup itself."""
    return Markup(
        template.format_map(
            {name: value if isinstance(value, Markup) else escape(value) for name, value in values.items()}
        )
    )


def join(parts: list[Markup]) -> Markup:
    """Return *parts* one after the other."""
    return Markup("\n".join(parts))


def page(title: str, content: Markup, status: int = 200) -> Response:
    """Return a whole page."""
    text = markup(PAGE, title=title, content=content, style=Markup(STYLE))
    return Response(status, text.encode("utf-8", "replace"), "text/html; charset=utf-8", HEADERS)


def message(title: str, text: str, status: int = 200) -> Response:
    """Return a page that says one thing."""
    return page(title, markup("<p>{text}</p>", text=text), status)


def refuse(fault: Fault) -> Response:
    """Word *fault* for a person."""
    return message(
        fault.message or fault.type,
        "Go back to the program that sent you here, and start again.",
        fault.status,
    )
