"""部省联网: how this node stands towards the others, for officers and administrators. It only shows."""
