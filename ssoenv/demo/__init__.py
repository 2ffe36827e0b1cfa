"""Try ssoenv without an AWS account: the embedded portal, a shell to try it in, a tour.

portal/      the AWS access portal on loopback
stage.py     a throw-away home with a portal: what session and tour play on
starts.py    how each shell is started, for a script and for a person
session.py   a shell for the user to try it in
tour.py      the same, played by itself in each installed shell; mark.py is its witness in there
"""
