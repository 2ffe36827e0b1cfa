"""A role's credentials for programs that ask again by themselves: an endpoint on loopback, in the form of ECS's.

supply.py     the credentials, in memory, renewed ahead of their expiry
endpoint.py   HTTP: who may ask, and what the answer is
docker.py     the arguments by which a container asks it
detached.py   a server that runs on behind the shell that asked for it, and ends with that
"""

from ssoenv.serving.endpoint import Endpoint
from ssoenv.serving.supply import Supply

__all__ = ["Endpoint", "Supply"]
