"""What went wrong with a call, in a sentence by its cause: `bodies` reads what was sent, `refusals` knows the causes, `explain` speaks."""
