"""The change forms of the admin, as a browser opens and sends them."""


def version_on(client, address):
    """Return the version that a change form carries of what it showed."""
    return client.get(address).context["adminform"].form["version"].value()


def save(client, address, typed):
    """Open a change form and send what was typed into it."""
    return client.post(address, {**typed, "version": version_on(client, address)})
