"""登录与账户: a phone number and a code by SMS, sessions, the account."""
