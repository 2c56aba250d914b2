"""What the study holds, looked up: progress, history, suggestions and what each rests on."""
