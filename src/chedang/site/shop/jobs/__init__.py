"""记一单: a job without any software, from a phone or a paper at the counter: form, check, receipt, and the drafts."""
