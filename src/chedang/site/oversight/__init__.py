"""Pages of the three administrators, second factors, officials' sign-ins and the audit trail."""
