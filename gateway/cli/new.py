import typer
app=typer.Typer()
@app.command("format")
def x(): pass
