"""How a page looks. Every value that goes into one is escaped, and no script runs but the one that the page names."""

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
[type=search] { box-sizing: border-box; width: 100%; margin: 0 0 1rem }
details { border-top: 1px solid var(--line); padding: .5rem 0 }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere }
ul { margin: .3rem 0 }
a { color: light-dark(#0972d3, #539fe5) }
.quiet code { font: inherit; font-family: ui-monospace, monospace }
:focus-visible { outline: 2px solid #0972d3; outline-offset: 2px }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
dialog { box-sizing: border-box; width: min(52rem, 100% - 1rem); padding: 1rem 1.5rem 1.5rem;
         border: 1px solid var(--line); border-radius: 1rem; background: light-dark(#fff, #192534); color: inherit }
dialog form { float: right; margin: 0 0 0 1rem }
h2, h3 { margin: 1.2rem 0 .4rem; font-size: 1.1rem; overflow-wrap: anywhere }
h2 { margin-top: 0; font-size: 1.4rem }
.tabs { display: flex; flex-wrap: wrap; margin: 1rem 0 0; padding: 0; border: 0 }
.tabs input { position: absolute; width: 1px; opacity: 0 }
.tabs label { padding: .4rem 1rem; border-bottom: 3px solid var(--line); cursor: pointer }
.tabs label:has(:checked) { border-color: #0972d3; font-weight: 600 }
.tabs label:has(:focus-visible) { outline: 2px solid #0972d3 }
.tabs section { display: none; order: 1; width: 100% }
.tabs label:has(:checked) + section { display: block }
dl, dd { margin: 0 }
.copyable button { flex: none; min-width: 8rem }
dt { margin-top: .5rem; font-size: .9rem }
.copyable { display: flex; gap: 1rem; align-items: start }
.copyable > :first-child { flex: 1; min-width: 0; margin: 0; padding: .5rem .8rem; border: 1px solid var(--line);
                           border-radius: .5rem; font: .85rem/1.5 ui-monospace, monospace;
                           white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 34rem) { .copyable { flex-direction: column; align-items: stretch; gap: .4rem } }
@media (scripting: none) { [type=search], .copyable button { display: none } }
"""

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
{script}
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


def page(title: str, content: Markup, status: int = 200, script: str = "") -> Response:
    """Return a whole page; *script* is the only one that may run in it."""
    element = Markup(f"<script>{script}</script>" if script else "")
    text = markup(PAGE, title=title, content=content, style=Markup(STYLE), script=element)
    return Response(status, text.encode("utf-8", "replace"), "text/html; charset=utf-8", _headers(script))


def _headers(script: str) -> dict[str, str]:
    policy = f"default-src 'none'; style-src {_source(STYLE)}; img-src data:; "
    if script:
        policy += f"script-src {_source(script)}; "
    return {
        # Chromium applies form-action to the redirect after a form too: to the program that waits on loopback.
        "Content-Security-Policy": (
            f"{policy}form-action 'self' http://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _source(text: str) -> str:
    """Return what allows an inline style or script of that *text*, and no other."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


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
