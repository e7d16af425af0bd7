"""Pages of 通报, 移送, the sanction ledger and evidence packs."""
