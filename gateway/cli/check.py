HELP=""
def check(): pass
