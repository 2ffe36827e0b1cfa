"""``python -m ssoenv.serving``: the server that `detached.start` has started. Nobody is there to talk to."""

from ssoenv.context import Context
from ssoenv.serving import detached

if __name__ == "__main__":
    detached.run(Context.system(lambda _line: None))
