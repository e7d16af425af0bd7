"""What the authority tells shops and asks of them: pages of shops and of officers."""
