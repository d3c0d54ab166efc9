"""The worker: loads the project in the user's interpreter, describes it and executes steps."""
