"""登录与退出: signing in and out, with a wait after repeated wrong passwords."""
