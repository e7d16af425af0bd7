"""维修企业: its own registration and its own records with what was found in them. Nothing of any other shop."""
