"""``ssoenv console``: the web console, as an account and role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ssoenv.cli import messages, naming, options
from ssoenv.context import Context
from ssoenv.targets import Target

if TYPE_CHECKING:
    from ssoenv.console import Link

_SIGNS_IN = "the link signs in whoever has it, for 15 minutes."


def console(
    name: Annotated[
        list[str] | None, typer.Argument(help=f"{options.NAME_HELP} By default what this shell is.")
    ] = None,
    service: Annotated[str | None, typer.Option(metavar="NAME", help="Open this service, as in: s3.")] = None,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Open it in this region instead of the profile's.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Open this page of the console.")] = None,
    federate: Annotated[
        bool, typer.Option("--federate", help="Sign in by the role's credentials, and not by the portal.")
    ] = False,
    print_link: Annotated[bool, typer.Option("--print", help="Print the link instead of opening it.")] = False,
    copy: options.Copy = False,
    browser: options.Browser = None,
    separate: Annotated[
        bool,
        typer.Option(
            "--separate", help="Open it apart from other accounts: with Chromium's own data, in a container of Firefox."
        ),
    ] = False,
) -> None:
    """Open the web console as NAME, or as this shell is.

    By the portal's shortcut, which holds no secret. A profile that is not from a portal, and --federate, take a sign-in
    link instead: whoever has that within 15 minutes is signed in.
    """
    from ssoenv import console

    options.refuse_together("console", {"--url": url, "--service": service})
    options.refuse_together("console", {"--url": url, "--region": region})
    options.refuse_together("console", {"--print": print_link, "--copy": copy, "--browser": browser})
    options.refuse_together("console", {"--print": print_link, "--copy": copy, "--separate": separate})
    context = messages.context()
    target, keys = (naming.find(name, region, context), None) if name else console.of_shell(region, context)
    made = console.link(target, keys, context, service=service, url=url, federate=federate)
    if copy:
        from ssoenv import clipboard

        what = "sign-in link" if made.is_secret else "console link"
        clipboard.copy(made.url, f"the {what} of {target.name}", context, secret=made.is_secret)
    elif print_link:
        messages.write(made.url + "\n")
        if made.is_secret:
            messages.say(f"Careful: {_SIGNS_IN}")
    elif _open(made, target, name or [], browser, context, separate=separate):
        messages.say(f"Opened the console of {', '.join(dict.fromkeys((target.name, console.separate_name(target))))}.")
    else:
        messages.write(made.url + "\n")
        secret = f" Careful: {_SIGNS_IN}" if made.is_secret else ""
        messages.say(f"No browser could be started here. Open this link in one.{secret}")


def _open(
    made: Link, target: Target, words: list[str], chosen: str | None, context: Context, *, separate: bool
) -> bool:
    """Open the link as the options say; return False where no browser is known to work."""
    from ssoenv import browser, console

    if chosen is None and not context.has_browser() and (separate or made.is_secret):
        return False  # one on another machine has no folder here, and no way to a page here

    def start(url: str) -> bool:
        if separate:
            words = browser.find(chosen) if chosen else browser.find_separable(context.environ)
            name, folder = console.separate_name(target), console.separate_folder(target, context)
            return browser.start_apart(words, url, name, folder, context.environ)
        return browser.start(browser.find(chosen), url, context.environ) if chosen else context.open_browser(url)

    return console.open_in_browser(made, start, words, context)
