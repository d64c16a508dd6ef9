"""The call centre and the counter: whoever has no browser, no telephone or no e-mail is let in here."""
