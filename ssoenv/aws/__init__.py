"""All that is AWS's: its config file, its caches, its services."""
