"""The processes of the portal: the supervisor that starts them again, and the web process."""
