"""A shop's 备案 on the web: apply, what stands, changes, papers, the class checklist, public particulars."""
