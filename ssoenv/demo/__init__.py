"""Try ssoenv without an AWS account: the embedded portal, a shell to try it in, a tour."""
