"""ssoenv: this shell is that AWS SSO account and role, in one word."""

__version__ = "0.1.0"
