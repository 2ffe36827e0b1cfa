"""An AWS access portal on loopback: the wire protocol of SSO OIDC, the SSO portal, STS and the sign-in page.

The demo and the tests run against it, through botocore's own endpoint variables:

    with Portal(auto_approve=True) as portal:
        environ.update(portal.environment())

    server.py         HTTP, the table of routes, Portal itself
    wire.py           requests, responses, faults
    state.py          what the portal remembers, and what a test may set
    organisation.py   accounts and roles
    oidc.py  sso.py  sts.py  signin.py     one service a module
    approval.py  start.py  dialog.py       what a person sees in a browser
    texts.py                               credentials as the dialog words them
    pages.py  mint.py                      how a page looks, how a secret looks
"""

from ssoenv.demo.portal.organisation import EXAMPLE, Account, Organisation
from ssoenv.demo.portal.server import Portal

__all__ = ["EXAMPLE", "Account", "Organisation", "Portal"]
