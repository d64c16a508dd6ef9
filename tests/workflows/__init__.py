"""What holds when parts fail: the workflow, the door and the relay on the real server and database."""
