"""Stories: everything real but the mailbox, in simulated time."""
