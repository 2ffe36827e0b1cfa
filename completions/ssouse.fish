# fish looks for the completion of `ssouse` under this name, and for that of `ssoenv` under its own: one file has both.
source (status dirname)/ssoenv.fish
